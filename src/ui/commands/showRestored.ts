import type { RestoreResult } from '../../core/run/runRequest';
import { describeRestore } from '../../messages/run';
import type { Project } from '../../workspace/project';
import type { Log } from '../log';
import type { Action } from '../notify';
import { notify } from '../notify';
import { t } from '../translate';

/** Tells the person who restored a backup how it ended. @param again tries it once more */
export function showRestored(
  project: Project,
  result: RestoreResult,
  log: Log,
  again: () => Promise<void>,
): void {
  const line = describeRestore(result, t);
  log.writeLine(project.name, line);
  const { level, detail, advice } = line;
  const message = t('{database}: {message}', { database: project.name, message: line.message });
  const showLog: Action = { title: t('Show Log'), run: () => log.show() };
  switch (result.outcome) {
    case 'done':
      return notify('info', { message, advice: detail });
    case 'timeout':
      return notify('error', { message, advice }, { title: t('Try Again'), run: again }, showLog);
    default:
      return level === 'warning'
        ? notify('warning', { message })
        : notify('error', { message, advice }, showLog);
  }
}
