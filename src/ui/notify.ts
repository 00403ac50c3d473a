import * as vscode from 'vscode';
import type { Sentence } from '../messages/text';
import { inert } from './inert';

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
  const text = inert([message, advice].filter(Boolean).join(' '));
  const titles = actions.map(({ title }) => title);
  const answered = async (chosen: string | undefined): Promise<void> => {
    await actions.find(({ title }) => title === chosen)?.run();
  };
  show(severity, text, titles)
    .then(answered)
    .then(undefined, (error: unknown) => vscode.window.showErrorMessage(inert(String(error))));
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
export function mention(message: string): void {
  vscode.window.setStatusBarMessage(`$(info) ${inert(message)}`, 5000);
}
