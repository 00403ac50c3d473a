import * as vscode from 'vscode';
import type { Backup, Direction } from '../../core/model';
import { type Losses, noLosses } from '../../core/rehearsal/rehearsal';
import type { RunResult } from '../../core/run/runEvents';
import type { Goal, RestoreResult } from '../../core/run/runRequest';
import { describeLosses } from '../../messages/rehearsal';
import { describeRestore, describeResult } from '../../messages/run';
import type { Sentence } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { Settings } from '../../workspace/settings';
import { progressText } from '../conditionText';
import type { Log } from '../log';
import { type Action, choose, confirm, showStatusMessage, notify } from '../notify';
import { openFailure } from '../openPlace';
import type { PreviewSubject } from '../preview/preview';
import type { Previews } from '../preview/previews';
import { escapeIconsAndLinks, shortError } from '../text';
import { t } from '../translate';
import { applyWorking } from './previewCommand';

/** Runs in front of a person: progress that can be cancelled, then how it ended. */
export class Runner {
  constructor(private readonly log: Log) {}

  /**
   * Asks first where it creates the database.
   * @param agreed what the person knows to be deleted; if it is more, they are asked first
   */
  async run(
    project: Project,
    direction: Direction,
    goal: Goal,
    agreed: Losses = noLosses,
  ): Promise<void> {
    if ((direction === 'up' && !(await confirmCreation(project))) || isBusy(project)) {
      return;
    }
    const args = { database: escapeIconsAndLinks(project.name) };
    const title =
      direction === 'up' ? t('Migrating {database}', args) : t('Rolling back {database}', args);
    const result = await inFront(project, title, project.run(direction, goal, agreed));
    if (!result.losses) {
      return showResult({ project, direction, goal }, result, this.log, this);
    }
    if (await confirmLosses({ project, direction, goal }, result.losses)) {
      await this.run(project, direction, goal, result.losses);
    }
  }

  /** Rolls back and, if that worked, applies again. @param agreed what the person knows to be deleted */
  async reapply(project: Project, down: Goal, up: Goal, agreed: Losses): Promise<void> {
    if (isBusy(project)) {
      return;
    }
    const title = t('Rolling back {database}', { database: escapeIconsAndLinks(project.name) });
    const result = await inFront(project, title, project.run('down', down, agreed));
    if (result.outcome === 'done') {
      return this.run(project, 'up', up);
    }
    if (!result.losses) {
      return showResult({ project, direction: 'down', goal: down }, result, this.log, this);
    }
    if (await confirmLosses({ project, direction: 'down', goal: down }, result.losses)) {
      await this.reapply(project, down, up, result.losses);
    }
  }

  async restore(project: Project, backup: Backup): Promise<void> {
    if (!isBusy(project)) {
      const title = t('Restoring {database}', { database: escapeIconsAndLinks(project.name) });
      const result = await inFront(project, title, project.restore(backup));
      showRestored(project, result, this.log, () => this.restore(project, backup));
    }
  }
}

/** Most runs are over sooner, in milliseconds; a progress would only stand beside their result. */
const patienceMs = 500;

/** Shows a progress for what lasts. @param running does not reject */
async function inFront<T>(project: Project, title: string, running: Promise<T>): Promise<T> {
  await Promise.race([running, new Promise((over) => setTimeout(over, patienceMs))]);
  if (project.isRunning) {
    void showProgress(project, title, running);
  }
  return await running;
}

function showProgress(
  project: Project,
  title: string,
  running: Promise<unknown>,
): Thenable<unknown> {
  const location = vscode.ProgressLocation.Notification;
  const options = { location, title, cancellable: true };
  return vscode.window.withProgress(options, async (progress, token) => {
    let reported = 0;
    const report = (): void => {
      const { run } = project.state;
      if (run) {
        const percent = run.step && run.steps ? ((run.step - 1) / run.steps) * 100 : 0;
        progress.report({
          message: escapeIconsAndLinks(progressText(run, t)),
          increment: percent - reported,
        });
        reported = percent;
      }
    };
    const listeners = [
      token.onCancellationRequested(() => project.cancel()),
      project.onDidChange(report),
    ];
    report();
    await running;
    listeners.forEach((listener) => listener.dispose());
  });
}

/** Tells the person who started a run how it ended. */
async function showResult(
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
        : showStatusMessage(sentence.message);
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

/** Asks about what a run would delete, which was found out just now. */
async function confirmLosses(
  { project, direction, goal }: PreviewSubject,
  losses: Losses,
): Promise<boolean> {
  const args = { database: project.name, losses: describeLosses(losses, t) ?? '' };
  const isUp = direction === 'up';
  const message = isUp
    ? t('Migrate {database}? {losses}', args)
    : t('Roll back {database}? {losses}', args);
  const found = t('This was found on a copy; nothing was changed.');
  const detail = `${found}\n${backupNote(project)}`;
  const yes = isUp ? t('Migrate') : t('Roll Back');
  const show = isUp ? [t('Preview')] : [];
  const chosen = await choose('warning', message, detail, yes, ...show);
  if (chosen !== undefined && chosen === show[0]) {
    const migration = goal.kind === 'to' ? { id: goal.id } : undefined;
    await vscode.commands.executeCommand('lockstep.preview', { project, migration });
  }
  return chosen === yes;
}

/** Asks where a run would create the database; true where it is there, or is not known to be missing. */
async function confirmCreation({ name, state }: Project): Promise<boolean> {
  return (
    state.status?.look.state !== 'missing' ||
    (await confirm(
      'info',
      t('Create the database {database}?', { database: name }),
      t('{path} does not exist yet. It is created, then the pending migrations are applied.', {
        path: state.target.database,
      }),
      t('Create and Migrate'),
    ))
  );
}

/** Whether this window changes the database already; says so where it does. */
export function isBusy(project: Project): boolean {
  if (project.isRunning) {
    const message = t('{database} is being migrated by this window already.', {
      database: project.name,
    });
    notify('info', { message }, { title: t('Cancel It'), run: () => project.cancel() });
  }
  return project.isRunning;
}

/** The button that leads to the backups of a database, where it has any. */
export async function restoreAction(project: Project): Promise<Action[]> {
  const backups = await project.backups().catch(() => []);
  const run = (): unknown => vscode.commands.executeCommand('lockstep.restoreBackup', { project });
  return backups.length > 0 ? [{ title: t('Restore Backup…'), run }] : [];
}

/** Whether there is a way back from a run that deletes something. */
export function backupNote({ state }: Project): string {
  const { keep, maxBytes } = new Settings().backup(state.target.database);
  const bytes = state.status?.look.sizeBytes ?? 0;
  return keep > 0 && bytes <= maxBytes
    ? t('A backup is made first; Restore Backup… brings it back.')
    : t('No backup is made, as the settings say.');
}

/** What commands show and run migrations with. */
export interface CommandContext {
  readonly previews: Previews;
  readonly runner: Runner;
}

/** Tells the person who restored a backup how it ended. @param again tries it once more */
function showRestored(
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
