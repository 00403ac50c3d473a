import * as vscode from 'vscode';
import { errorInfo } from '../core/errors';
import type { Sentence } from '../messages/text';
import { escapeIconsAndLinks } from './presentation/text';

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
    ? vscode.window.showInformationMessage(message, options, ...answers)
    : vscode.window.showWarningMessage(message, options, ...answers);
}

/** Says something in passing, where nothing needs to be done about it. */
export function showStatusMessage(message: string): void {
  vscode.window.setStatusBarMessage(`$(info) ${escapeIconsAndLinks(message)}`, 5000);
}

interface DelayedProgress {
  readonly title: string;
  /** Milliseconds before it is shown: most work is over sooner. */
  readonly delayMs: number;
}

/** Says how far the work is. @param percent of all of it; 0 where that is not known */
export type ReportProgress = (message: string, percent: number) => void;

/** Shows a progress that can be cancelled while work goes on, where it lasts; ends as the work does. */
export async function withDelayedProgress<T>(
  { title, delayMs }: DelayedProgress,
  work: (token: vscode.CancellationToken, report: ReportProgress) => Promise<T>,
): Promise<T> {
  const cancellation = new vscode.CancellationTokenSource();
  let last: Parameters<ReportProgress> | undefined;
  let show: ReportProgress | undefined;
  const working = work(cancellation.token, (...progress) => {
    last = progress;
    show?.(...progress);
  });
  const settled = working.then(
    () => true,
    () => true,
  );
  const delay = new Promise<boolean>((resolve) => setTimeout(() => resolve(false), delayMs));
  if (!(await Promise.race([settled, delay]))) {
    const location = vscode.ProgressLocation.Notification;
    const options = { location, title: escapeIconsAndLinks(title), cancellable: true };
    void vscode.window.withProgress(options, (progress, token) => {
      let shown = 0;
      show = (message, percent) => {
        progress.report({ message: escapeIconsAndLinks(message), increment: percent - shown });
        shown = percent;
      };
      if (last) {
        show(...last);
      }
      token.onCancellationRequested(() => cancellation.cancel());
      return settled;
    });
  }
  try {
    return await working;
  } finally {
    cancellation.dispose();
  }
}

/** @returns undefined when the work was cancelled */
export async function unlessCancelled<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (errorInfo(error).code === 'run.cancelled') {
      return undefined;
    }
    throw error;
  }
}
