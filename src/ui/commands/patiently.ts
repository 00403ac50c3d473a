import * as vscode from 'vscode';
import { errorInfo } from '../../core/errors';

/** What takes a moment, and what a person is told while it lasts. */
interface Work<T> {
  readonly title: string;
  /** Milliseconds before a progress is shown: most of it is over sooner. */
  readonly patienceMs: number;
  start(token: vscode.CancellationToken): Promise<T>;
}

/**
 * Works in front of a person: with a progress, where it lasts, that can be cancelled.
 * @returns undefined when it was cancelled
 */
export async function patiently<T>({ title, patienceMs, start }: Work<T>): Promise<T | undefined> {
  const cancellation = new vscode.CancellationTokenSource();
  const work = start(cancellation.token);
  const over = work.then(
    () => true,
    () => true,
  );
  const patience = new Promise<boolean>((done) => setTimeout(() => done(false), patienceMs));
  if (!(await Promise.race([over, patience]))) {
    const location = vscode.ProgressLocation.Notification;
    const options = { location, title, cancellable: true };
    void vscode.window.withProgress(options, (_, token) => {
      token.onCancellationRequested(() => cancellation.cancel());
      return over;
    });
  }
  try {
    return await work;
  } catch (error) {
    if (errorInfo(error).code === 'run.cancelled') {
      return undefined;
    }
    throw error;
  } finally {
    cancellation.dispose();
  }
}
