import type { ErrorCode } from '../errors';
import type { Outcome } from './runEvent';

/** One word for how a run with this error ended; exit codes follow from it. */
export function outcomeOf(code: ErrorCode): Outcome {
  switch (code) {
    case 'run.cancelled':
      return 'cancelled';
    case 'lock.timeout':
      return 'timeout';
    case 'sql.failed':
    case 'sql.newer':
    case 'sql.transactionEnded':
    case 'foreignKeys.violated':
    case 'children.vanished':
    case 'database.full':
    case 'database.io':
    case 'internal':
    case 'migrator.crashed':
      return 'failed';
    case 'migrations.folderMissing':
    case 'migrations.none':
    case 'migrations.invalid':
    case 'sql.parameters':
    case 'database.notADatabase':
    case 'database.missing':
    case 'database.folderMissing':
    case 'goal.unknown':
    case 'backup.unknown':
    case 'engine.unavailable':
    case 'target.none':
    case 'target.several':
    case 'usage':
      return 'invalid';
    default:
      return 'refused';
  }
}
