import * as vscode from 'vscode';
import { errorInfo } from '../core/errors';
import type { Sentence } from '../messages/text';
import { escapeIconsAndLinks } from './text';

/** A button and what it does. */
export interface Action {
  readonly title: string;
  run(): unknown;
}

/** Shows a message with buttons. Nobody waits for the answer: a message can stay for hours. */
export function notify(
  severity: 'info' | 'warning' | 'error',
  { message, advice }: Sentence,
  ...actions: readonly Action[]
): void {
  const text = escapeIconsAndLinks([message, advice].filter(Boolean).join(' '));
  const titles = actions.map(({ title }) => title);
  const answered = async (chosen: string | undefined): Promise<void> => {
    await actions.find(({ title }) => title === chosen)?.run();
  };
  show(severity, text, titles)
    .then(answered)
    .then(undefined, (error: unknown) =>
      vscode.window.showErrorMessage(escapeIconsAndLinks(String(error))),
    );
}

function show(
  severity: 'info' | 'warning' | 'error',
  text: string,
  titles: readonly string[],
): Thenable<string | undefined> {
  switch (severity) {
    case 'info':
      return vscode.window.showInformationMessage(text, ...titles);
    case 'warning':
      return vscode.window.showWarningMessage(text, ...titles);
    case 'error':
      return vscode.window.showErrorMessage(text, ...titles);
  }
}

/** Asks something that needs an answer before anything happens. */
export async function confirm(
  severity: 'info' | 'warning',
  message: string,
  detail: string | undefined,
  yes: string,
): Promise<boolean> {
  return (await choose(severity, message, detail, yes)) === yes;
}

/** Asks what is to be done; undefined: nothing. */
export async function choose(
  severity: 'info' | 'warning',
  message: string,
  detail: string | undefined,
  ...answers: readonly string[]
): Promise<string | undefined> {
  const options = { modal: true, detail };
  return severity === 'info'
    ? await vscode.window.showInformationMessage(message, options, ...answers)
    : await vscode.window.showWarningMessage(message, options, ...answers);
}

/** Says something in passing, where nothing needs to be done about it. */
export function showStatusMessage(message: string): void {
  vscode.window.setStatusBarMessage(`$(info) ${escapeIconsAndLinks(message)}`, 5000);
}

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
