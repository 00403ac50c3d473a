import * as vscode from 'vscode';
import { describeColumns, describeTable } from '../../messages/rehearsal';
import { sanitizeLine } from '../../messages/text';
import {
  nameAt,
  type Suggestion,
  suggestNames,
  tableNamed,
  tokensAround,
} from '../presentation/tableNames';
import { t } from '../translate';
import { type FileChecks, readableText } from './fileChecks';

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
        : suggestNames(text, document.offsetAt(position), check.tables);
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

/** The columns of the table or view under the mouse, as the migration finds or leaves them. */
export class TableHover implements vscode.HoverProvider {
  constructor(private readonly checks: FileChecks) {}

  provideHover(document: vscode.TextDocument, position: vscode.Position): vscode.Hover | undefined {
    const checks = this.checks.of(document).filter(({ tables }) => tables.length > 0);
    const text = checks.length > 0 ? readableText(document) : undefined;
    if (text === undefined) {
      return undefined;
    }
    const offset = document.offsetAt(position);
    const name = nameAt(tokensAround(text, offset), offset);
    const found = checks.flatMap(({ tables, project }) => {
      const table = name && tableNamed(tables, name.name);
      return table
        ? [{ table, database: checks.length > 1 ? sanitizeLine(project.name) : '' }]
        : [];
    });
    if (!name || found.length === 0) {
      return undefined;
    }
    const contents = found.map(({ table, database }) => {
      const title = [database, describeTable(table, t)].filter(Boolean).join(' · ');
      // Names come from the workspace: they are text, in a block that nothing in them can end.
      return new vscode.MarkdownString()
        .appendText(title)
        .appendCodeblock(describeColumns(table, t), 'plaintext');
    });
    const range = new vscode.Range(document.positionAt(name.start), document.positionAt(name.end));
    return new vscode.Hover(contents, range);
  }
}
