import * as vscode from 'vscode';
import type { RunResult } from '../../core/run/runEvent';
import type { Direction } from '../../core/run/direction';
import type { Goal } from '../../core/run/runRequest';
import type { Project } from '../../workspace/project';
import { inert } from '../inert';
import type { Log } from '../log';
import { notify } from '../notify';
import { progressText } from '../progressText';
import { t } from '../translate';
import { showResult } from './showResult';

/** Runs in front of a person: progress that can be cancelled, then how it ended. */
export class Runner {
  constructor(private readonly log: Log) {}

  async run(project: Project, direction: Direction, goal: Goal): Promise<void> {
    if (project.isRunning) {
      const message = t('{database} is being migrated by this window already.', {
        database: project.name,
      });
      return notify('info', { message }, { title: t('Cancel It'), run: () => project.cancel() });
    }
    const running = project.run(direction, goal);
    await Promise.race([running, new Promise((over) => setTimeout(over, patienceMs))]);
    if (project.isRunning) {
      void showProgress(project, direction, running);
    }
    const result = await running;
    showResult(project, result, direction, this.log, () => this.run(project, direction, goal));
  }
}

/** Most runs are over sooner, in milliseconds; a progress would only stand beside their result. */
const patienceMs = 500;

function showProgress(
  project: Project,
  direction: Direction,
  running: Promise<RunResult>,
): Thenable<unknown> {
  const args = { database: inert(project.name) };
  const options = {
    location: vscode.ProgressLocation.Notification,
    title:
      direction === 'up' ? t('Migrating {database}', args) : t('Rolling back {database}', args),
    cancellable: true,
  };
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
