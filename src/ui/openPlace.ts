import * as vscode from 'vscode';
import type { ErrorInfo, Place } from '../core/errors';
import type { Action } from './notify';
import { statementRange } from './presentation/statementRange';
import { t } from './translate';

/** Opens a file; where a place is known, with the statement there selected. */
export async function openPlace(
  place: Pick<Place, 'file'> & Partial<Place>,
  statement?: string,
): Promise<void> {
  const document = await vscode.workspace.openTextDocument(vscode.Uri.file(place.file));
  const { file, line, column } = place;
  await vscode.window.showTextDocument(document, {
    selection:
      line === undefined || column === undefined
        ? undefined
        : rangeOf(document, { file, line, column }, statement),
  });
}

/** The button that leads to the statement that failed. @param error with a place */
export function openFailure({ place, params }: ErrorInfo): Action {
  const { statement } = params;
  return {
    title: t('Open File'),
    run: () => openPlace(place!, typeof statement === 'string' ? statement : undefined),
  };
}

/** The statement that stands at a place of a document. */
export function rangeOf(
  document: vscode.TextDocument,
  place: Place,
  statement?: string,
): vscode.Range {
  const lines = { count: document.lineCount, at: (row: number) => document.lineAt(row).text };
  const range = statementRange(lines, place, statement);
  return new vscode.Range(range.line, range.character, range.endLine, range.endCharacter);
}
