import * as vscode from 'vscode';
import type { Translate } from '../messages/text';

/** The window's language. */
export const t: Translate = (message, args) => vscode.l10n.t(message, args ?? {});
