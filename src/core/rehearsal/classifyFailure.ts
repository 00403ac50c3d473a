import type { ErrorInfo } from '../errors';
import type { CannotReason, StepVerdict } from './rehearsal';

/** What an engine may lack that another has, in SQLite's words. */
const lacking: readonly (readonly [RegExp, CannotReason])[] = [
  [/no such module: (.+)/, 'module'],
  [/no such function: (load_extension)/i, 'extension'],
  [/no such function: (.+)/, 'function'],
  [/no such collation sequence: (.+)/, 'collation'],
  [/unknown tokenizer: (.+)/, 'module'],
];

/** Refusals that hold whatever the tables contain: the statement does not fit the schema. */
const ofSchema =
  /syntax error|incomplete input|unrecognized token|no such (table|column|index|view|trigger)|already exists|already another|duplicate column|has no column|ambiguous column|values for \d+ columns|values were supplied|unknown (column|database)|error in (view|trigger|index)/i;

/**
 * What a step's failure on a copy says about the run itself.
 * @param definite the engine that tried it is the one that would run it
 * @param rows whether the copy had the rows
 */
export function classifyFailure(
  error: ErrorInfo,
  { definite, rows }: { readonly definite: boolean; readonly rows: boolean },
): StepVerdict {
  const { code, params, place } = error;
  const message = String(params.message ?? code);
  const cannot = (reason: CannotReason, detail?: string): StepVerdict => ({
    kind: 'cannot',
    reason,
    ...(detail && { detail }),
    ...(place && { place }),
  });
  switch (code) {
    case 'rehearsal.cannot':
      return cannot(params.reason as CannotReason, String(params.detail ?? ''));
    case 'sql.failed':
      break;
    case 'sql.transactionEnded':
    case 'foreignKeys.violated':
    case 'children.vanished':
    case 'migrations.invalid':
      return rows ? { kind: 'fails', error } : cannot('data', message);
    case 'database.full':
      return cannot('memory', message);
    default:
      return cannot('crash', message);
  }
  if (Number(params.sqliteCode) === 7) {
    return cannot('memory', message);
  }
  if (!definite) {
    for (const [pattern, reason] of lacking) {
      const found = pattern.exec(message);
      if (found) {
        return cannot(reason, found[1]);
      }
    }
  }
  return rows || ofSchema.test(message) ? { kind: 'fails', error } : cannot('data', message);
}
