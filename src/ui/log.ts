import * as vscode from 'vscode';
import type { ErrorInfo } from '../core/errors';
import type { Direction } from '../core/model';
import type { RunResult } from '../core/run/runEvents';
import { describeError } from '../messages/describeError';
import { describeEvent, describeResult } from '../messages/run';
import { duration, type LogLevel, type LogLine } from '../messages/text';
import { Disposables } from '../workspace/disposables';
import type { Project } from '../workspace/project';
import type { ProjectRegistry } from '../workspace/projectRegistry';
import { t } from './translate';

/** The extension's one output channel; how much of it is kept is up to the person. */
export class Log {
  private readonly disposables = new Disposables();
  private readonly channel = this.disposables.add(
    vscode.window.createOutputChannel('Lockstep', { log: true }),
  );

  readonly write = (level: LogLevel, message: string): void => {
    switch (level) {
      case 'debug':
        return this.channel.debug(message);
      case 'info':
        return this.channel.info(message);
      case 'warning':
        return this.channel.warn(message);
      case 'error':
        return this.channel.error(message);
    }
  };

  /** Writes a sentence's parts on lines of their own, so that `file:line:column` stands free. */
  writeLine(subject: string, { level, message, detail, advice }: LogLine): void {
    this.write(level, t('{subject}: {message}', { subject, message }));
    [detail, advice].forEach((line) => line && this.write(level, `  ${line}`));
  }

  show(): void {
    this.channel.show();
  }

  dispose(): void {
    this.disposables.dispose();
  }
}

/** Writes this window's runs and what goes wrong into the log, as lines that a person can follow. */
export class RunLog {
  private readonly disposables = new Disposables();
  /** Projects whose failure is in the log already. */
  private readonly withFailureLogged = new WeakSet<Project>();
  /** The direction of each project's run, which a result without any step does not have. */
  private readonly directions = new WeakMap<Project, Direction>();
  private readonly results = new WeakSet<RunResult>();
  private readonly errors = new WeakSet<ErrorInfo>();

  constructor(
    registry: ProjectRegistry,
    private readonly log: Log,
  ) {
    this.disposables.add(
      registry.onRunEvent(({ project, event }) => {
        log.writeLine(project.name, describeEvent(event, t));
        if (event.type === 'stepFailed') {
          this.withFailureLogged.add(project);
        }
      }),
    );
    this.disposables.add(
      registry.onDidChange((project) => {
        if (project) {
          this.onChange(project);
        }
        this.onError('Lockstep', registry.search.error);
      }),
    );
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private onChange(project: Project): void {
    const {
      name,
      state: { run, lastResult, error },
    } = project;
    if (run?.direction === 'up' || run?.direction === 'down') {
      this.directions.set(project, run.direction);
    }
    if (lastResult && !this.results.has(lastResult)) {
      this.results.add(lastResult);
      this.log.writeLine(
        name,
        this.withFailureLogged.delete(project)
          ? ended(lastResult)
          : describeResult(lastResult, t, this.directions.get(project)),
      );
    }
    this.onError(name, error);
  }

  private onError(subject: string, error: ErrorInfo | undefined): void {
    if (error && !this.errors.has(error)) {
      this.errors.add(error);
      this.log.writeLine(subject, { level: 'error', ...describeError(error, t) });
    }
  }
}

/** How a run ended whose error is in the log already. */
function ended({ applied, remaining, ms }: RunResult): LogLine {
  const args = { time: duration(ms, t), applied: applied.length, left: remaining.length };
  const message = t('Ended after {time}: {applied} done before stay, {left} left.', args);
  return { level: 'error', message };
}
