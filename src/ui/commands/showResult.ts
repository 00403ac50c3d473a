import type { RunResult } from '../../core/run/runEvents';
import { describeResult } from '../../messages/run';
import type { Sentence } from '../../messages/text';
import type { Project } from '../../workspace/project';
import type { Log } from '../log';
import type { Action } from '../notify';
import { mention, notify } from '../notify';
import { openFailure } from '../openPlace';
import type { PreviewSubject } from '../preview/preview';
import { shortError } from '../shortError';
import { t } from '../translate';
import { applyWorking } from './preview';
import { restoreAction } from './restoreAction';
import type { Runner } from './runner';

/** Tells the person who started a run how it ended. */
export async function showResult(
  { project, direction, goal }: PreviewSubject,
  result: RunResult,
  log: Log,
  runner: Pick<Runner, 'run'>,
): Promise<void> {
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
      return notify(
        'error',
        sentence,
        { title: t('Try Again'), run: () => runner.run(project, direction, goal) },
        showLog,
      );
    default: {
      const others =
        direction === 'up' ? working(project, result, runner) : await restoreAction(project);
      return result.error?.place
        ? notify('error', placed(project, result), openFailure(result.error), ...others, showLog)
        : notify('error', sentence, ...others, showLog);
    }
  }
}

/** What was found out on a copy tells what would work. */
function working(
  project: Project,
  { rehearsed, applies, remaining }: RunResult,
  runner: Pick<Runner, 'run'>,
): Action[] {
  const count = remaining.findIndex(({ id }) => id === applies) + 1;
  return rehearsed && applies !== undefined && count > 0
    ? [applyWorking(project, runner, applies, count)]
    : [];
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
