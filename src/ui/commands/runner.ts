import * as vscode from 'vscode';
import type { Backup, Direction, Goal } from '../../core/model';
import { type Losses, noLosses } from '../../core/schema/tableChanges';
import type { RunResult } from '../../core/run/runEvents';
import type { RestoreResult } from '../../core/run/runRequest';
import { describeLosses } from '../../messages/rehearsal';
import { describeRestore, describeResult } from '../../messages/run';
import { grouped, type Sentence } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { Settings } from '../../workspace/settings';
import type { Log } from '../log';
import {
  type Action,
  choose,
  confirm,
  notify,
  showStatusMessage,
  withDelayedProgress,
} from '../notify';
import { openFailure } from '../openPlace';
import { progressText } from '../presentation/conditionText';
import { shortError, withDatabase } from '../presentation/text';
import type { PreviewSubject } from '../preview/preview';
import type { Previews } from '../preview/previews';
import { t } from '../translate';

/** What commands show and run migrations with. */
export interface CommandContext {
  readonly previews: Previews;
  readonly runner: Runner;
}

/** Runs for a person: asks what has to be asked, shows the progress, then how it ended. */
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
    if (direction === 'up' && !(await confirmCreation(project))) {
      return;
    }
    const subject = { project, direction, goal };
    const result = await runAgreed(subject, agreed);
    if (result) {
      await this.showResult(subject, result);
    }
  }

  /** Rolls back and, if that worked, applies again. @param agreed what the person knows to be deleted */
  async reapply(project: Project, down: Goal, up: Goal, agreed: Losses): Promise<void> {
    const subject = { project, direction: 'down', goal: down } as const;
    const result = await runAgreed(subject, agreed);
    if (result?.outcome === 'done') {
      return this.run(project, 'up', up);
    }
    if (result) {
      await this.showResult(subject, result);
    }
  }

  async restore(project: Project, backup: Backup): Promise<void> {
    if (!isBusy(project)) {
      const title = t('Restoring {database}', { database: project.name });
      const result = await withRunProgress(project, title, () => project.restore(backup));
      this.showRestored(project, backup, result);
    }
  }

  /** The button that applies what works before the migration that fails. @param id the last that does */
  applyWorking(project: Project, id: string, count: number): Action {
    return {
      title:
        count === 1
          ? t('Apply the One That Works')
          : t('Apply the {count} That Work', { count: grouped(count) }),
      run: () => this.run(project, 'up', { kind: 'to', id }),
    };
  }

  private async showResult(
    { project, direction, goal }: PreviewSubject,
    result: RunResult,
  ): Promise<void> {
    const { message, advice } = describeResult(result, t, direction);
    const sentence = { message: withDatabase(project.name, message, t), advice };
    switch (result.outcome) {
      case 'done':
        return result.applied.length > 0 || result.alreadyApplied.length > 0
          ? notify('info', sentence)
          : showStatusMessage(sentence.message);
      case 'cancelled':
        return notify('warning', sentence);
      case 'timeout': {
        const run = (): Promise<void> => this.run(project, direction, goal);
        return notify('error', sentence, { title: t('Try Again'), run }, this.showLog);
      }
      default: {
        const others =
          direction === 'up' ? this.offerWorking(project, result) : await restoreAction(project);
        return result.error?.place
          ? notify(
              'error',
              placed(project, result),
              openFailure(result.error),
              ...others,
              this.showLog,
            )
          : notify('error', sentence, ...others, this.showLog);
      }
    }
  }

  /** Offers what works, where a rehearsal found that out. */
  private offerWorking(project: Project, { rehearsed, applies, remaining }: RunResult): Action[] {
    const count = remaining.findIndex(({ id }) => id === applies) + 1;
    return rehearsed && applies !== undefined && count > 0
      ? [this.applyWorking(project, applies, count)]
      : [];
  }

  private showRestored(project: Project, backup: Backup, result: RestoreResult): void {
    const line = describeRestore(result, t);
    this.log.writeLine(project.name, line);
    const { level, detail, advice } = line;
    const message = withDatabase(project.name, line.message, t);
    switch (result.outcome) {
      case 'done':
        return notify('info', { message, advice: detail });
      case 'timeout': {
        const run = (): Promise<void> => this.restore(project, backup);
        return notify('error', { message, advice }, { title: t('Try Again'), run }, this.showLog);
      }
      default:
        return level === 'warning'
          ? notify('warning', { message })
          : notify('error', { message, advice }, this.showLog);
    }
  }

  private get showLog(): Action {
    return { title: t('Show Log'), run: () => this.log.show() };
  }
}

/**
 * Runs; where more would be deleted than was agreed to, asks and runs again.
 * @returns undefined where nothing was run
 */
async function runAgreed(subject: PreviewSubject, agreed: Losses): Promise<RunResult | undefined> {
  const { project, direction, goal } = subject;
  if (isBusy(project)) {
    return undefined;
  }
  const args = { database: project.name };
  const title =
    direction === 'up' ? t('Migrating {database}', args) : t('Rolling back {database}', args);
  const result = await withRunProgress(project, title, () => project.run(direction, goal, agreed));
  if (!result.losses) {
    return result;
  }
  return (await confirmLosses(subject, result.losses))
    ? runAgreed(subject, result.losses)
    : undefined;
}

/** Most runs are over sooner; a progress would only stand beside their result. */
const delayMs = 500;

function withRunProgress<T>(project: Project, title: string, start: () => Promise<T>): Promise<T> {
  return withDelayedProgress({ title, delayMs }, async (token, report) => {
    const listeners = [
      token.onCancellationRequested(() => project.cancel()),
      project.onDidChange(() => {
        const { run } = project.state;
        if (run) {
          const percent = run.step && run.steps ? ((run.step - 1) / run.steps) * 100 : 0;
          report(progressText(run, t), percent);
        }
      }),
    ];
    try {
      return await start();
    } finally {
      listeners.forEach((listener) => listener.dispose());
    }
  });
}

/** Short, since the whole path would fill the message: the button leads there. */
function placed({ name }: Project, { error, applied, rehearsed }: RunResult): Sentence {
  const stays =
    applied.length === 1
      ? t('1 migration before it was applied and stays.')
      : t('{count} migrations before it were applied and stay.', { count: applied.length });
  const unchanged = t('This was found on a copy; nothing was changed.');
  return {
    message: withDatabase(name, shortError(error!, t), t),
    advice: rehearsed ? unchanged : applied.length > 0 ? stays : undefined,
  };
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

/** Whether a run that deletes something can be undone with a backup. */
export function backupNote({ state }: Project): string {
  const { keep, maxBytes } = new Settings().backup(state.target.database);
  const bytes = state.status?.look.sizeBytes ?? 0;
  return keep > 0 && bytes <= maxBytes
    ? t('A backup is made first; Restore Backup… brings it back.')
    : t('No backup is made, as the settings say.');
}
