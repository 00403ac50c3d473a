import * as vscode from 'vscode';
import { describeColumns, describeTable } from '../../messages/rehearsal';
import { oneLine } from '../../messages/text';
import { t } from '../translate';
import type { FileChecks } from './fileChecks';
import { tableNamed } from './knownTables';
import { nameAt, tokensAround } from './sqlNames';
import { readableText } from './readableText';

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
      return table ? [{ table, database: checks.length > 1 ? oneLine(project.name) : '' }] : [];
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
