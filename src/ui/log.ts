import * as vscode from 'vscode';
import type { LogLevel, LogLine } from '../messages/text';
import { Disposables } from '../workspace/disposables';
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
