import * as vscode from 'vscode';
import type { Backup, Direction } from '../../core/model';
import { type Losses, noLosses } from '../../core/rehearsal/rehearsal';
import type { Goal } from '../../core/run/runRequest';
import type { Project } from '../../workspace/project';
import { inert } from '../inert';
import type { Log } from '../log';
import { progressText } from '../progressText';
import { t } from '../translate';
import { confirmCreation } from './confirmCreation';
import { confirmLosses } from './confirmLosses';
import { isBusy } from './isBusy';
import { showRestored } from './showRestored';
import { showResult } from './showResult';

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
    const args = { database: inert(project.name) };
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
    const title = t('Rolling back {database}', { database: inert(project.name) });
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
      const title = t('Restoring {database}', { database: inert(project.name) });
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
        progress.report({ message: inert(progressText(run, t)), increment: percent - reported });
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
