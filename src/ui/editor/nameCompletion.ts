import * as vscode from 'vscode';
import type { FileChecks } from './fileChecks';
import { readableText } from './readableText';
import { suggestNames, type Suggestion } from './suggestNames';

const kinds = {
  table: vscode.CompletionItemKind.Struct,
  view: vscode.CompletionItemKind.Interface,
  column: vscode.CompletionItemKind.Field,
};

/** Names of tables, views and columns as the migration finds or makes them. */
export class NameCompletion implements vscode.CompletionItemProvider {
  constructor(private readonly checks: FileChecks) {}

  provideCompletionItems(
    document: vscode.TextDocument,
    position: vscode.Position,
  ): vscode.CompletionItem[] | undefined {
    const [check] = this.checks.of(document).filter(({ tables }) => tables.length > 0);
    const text = check && readableText(document);
    const found =
      text === undefined
        ? undefined
        : suggestNames(text, document.offsetAt(position), check!.tables);
    if (!found) {
      return undefined;
    }
    const start = document.positionAt(found.start);
    const range = {
      inserting: new vscode.Range(start, position),
      replacing: new vscode.Range(start, document.positionAt(found.end)),
    };
    return found.items.map((item, index) => toItem(item, index, range));
  }
}

function toItem(
  { name, kind, detail, insert }: Suggestion,
  index: number,
  range: vscode.CompletionItem['range'],
): vscode.CompletionItem {
  const item = new vscode.CompletionItem({ label: name, description: detail }, kinds[kind]);
  item.insertText = insert;
  item.filterText = insert;
  item.sortText = String(index).padStart(6, '0');
  item.range = range;
  return item;
}
