import type { RunResult } from '../../core/run/runEvent';
import type { Direction } from '../../core/run/direction';
import { describeResult } from '../../messages/describeResult';
import type { Sentence } from '../../messages/sentence';
import type { Project } from '../../workspace/project';
import type { Log } from '../log';
import type { Action } from '../notify';
import { mention, notify } from '../notify';
import { openPlace } from '../openPlace';
import { shortError } from '../shortError';
import { t } from '../translate';

/** Tells the person who started a run how it ended. @param again starts the same run once more */
export function showResult(
  project: Project,
  result: RunResult,
  direction: Direction,
  log: Log,
  again: () => Promise<void>,
): void {
  const sentence = named(project, describeResult(result, t, direction));
  const showLog: Action = { title: t('Show Log'), run: () => log.show() };
  switch (result.outcome) {
    case 'done':
      return result.applied.length > 0 || result.alreadyApplied.length > 0
        ? notify('info', sentence)
        : mention(sentence.message);
    case 'cancelled':
      return notify('warning', sentence);
    case 'timeout':
      return notify('error', sentence, { title: t('Try Again'), run: again }, showLog);
    default:
      return result.error?.place
        ? notify('error', placed(project, result), openFile(result), showLog)
        : notify('error', sentence, showLog);
  }
}

function named({ name }: Project, { message, advice }: Sentence): Sentence {
  return { message: t('{database}: {message}', { database: name, message }), advice };
}

/** Short, since the whole path would fill the message: the button leads there. */
function placed(project: Project, { error, applied, rehearsed }: RunResult): Sentence {
  const message = t('{database}: {message}', {
    database: project.name,
    message: shortError(error!, t),
  });
  const stays =
    applied.length === 1
      ? t('1 migration before it was applied and stays.')
      : t('{count} migrations before it were applied and stay.', { count: applied.length });
  const unchanged = t('This was found on a copy; nothing was changed.');
  return { message, advice: rehearsed ? unchanged : applied.length > 0 ? stays : undefined };
}

function openFile({ error }: RunResult): Action {
  const statement = error!.params.statement;
  return {
    title: t('Open File'),
    run: () => openPlace(error!.place!, typeof statement === 'string' ? statement : undefined),
  };
}
