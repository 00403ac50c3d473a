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
    const result = await this.withProgress(project, direction, goal);
    showResult(project, result, direction, this.log, () => this.run(project, direction, goal));
  }

  private withProgress(project: Project, direction: Direction, goal: Goal): Thenable<RunResult> {
    const args = { database: inert(project.name) };
    const options = {
      location: vscode.ProgressLocation.Notification,
      title:
        direction === 'up' ? t('Migrating {database}', args) : t('Rolling back {database}', args),
      cancellable: true,
    };
    return vscode.window.withProgress(options, async (progress, token) => {
      let reported = 0;
      const listeners = [
        token.onCancellationRequested(() => project.cancel()),
        project.onDidChange(() => {
          const { run } = project.state;
          if (run) {
            const percent = run.step && run.steps ? ((run.step - 1) / run.steps) * 100 : 0;
            const message = inert(progressText(run, t));
            progress.report({ message, increment: percent - reported });
            reported = percent;
          }
        }),
      ];
      try {
        return await project.run(direction, goal);
      } finally {
        listeners.forEach((listener) => listener.dispose());
      }
    });
  }
}
