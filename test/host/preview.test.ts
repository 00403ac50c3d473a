import assert from 'node:assert/strict';
import { join } from 'node:path';
import * as vscode from 'vscode';
import { type PreviewSubject, previewUri } from '../../src/ui/preview/preview';
import { Previews } from '../../src/ui/preview/previews';
import { Scratch } from '../support/scratch';
import { until } from '../support/until';
import { windowProject } from '../support/windowProject';
import { hostMigrator } from './support/hostMigrator';

describe('a preview', () => {
  let scratch: Scratch;
  let previews: Previews;
  let subject: PreviewSubject;
  let opened: { dispose(): void }[];
  /** How often it was tried. */
  let tried: number;

  beforeEach(async () => {
    scratch = new Scratch().migrate({ '001_a': 'CREATE TABLE a (x);' });
    scratch.exec('CREATE TABLE own (y)');
    const client = hostMigrator();
    const project = windowProject(scratch, client);
    tried = 0;
    const preview = project.preview.bind(project);
    project.preview = (...ask) => {
      tried++;
      return preview(...ask);
    };
    await project.refresh();
    previews = new Previews();
    opened = [previews, project, client];
    subject = { project, direction: 'up', goal: { kind: 'all' } };
    await previews.show(subject, await project.preview('up', { kind: 'all' }));
  });

  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    opened.forEach((thing) => thing.dispose());
    scratch.dispose();
  });

  const uri = (side: 'now' | 'after'): vscode.Uri => previewUri(subject, side);
  const editor = (side: 'now' | 'after'): vscode.TextEditor | undefined =>
    vscode.window.visibleTextEditors.find(
      (e) => e.document.uri.toString() === uri(side).toString(),
    );
  const text = (side: 'now' | 'after'): string => editor(side)?.document.getText() ?? '';

  it('is a comparison that cannot be edited, with the summary first', async () => {
    await until(() => text('after') !== '' && text('now') !== '');
    assert.match(text('after'), /^-- 1 migration would be applied\.\n/);
    assert.match(text('after'), /\n\nCREATE TABLE a \(\n {2}x\n\);\n\nCREATE TABLE own \(/);
    assert.equal(text('now'), 'CREATE TABLE own (\n  y\n);\n');
    assert.equal(editor('after')!.document.languageId, 'sql');
    const { activeTab } = vscode.window.tabGroups.activeTabGroup;
    assert.equal(activeTab?.label, 'app.db: schema now ↔ after migrating');
    const links = await vscode.commands.executeCommand<vscode.DocumentLink[]>(
      'vscode.executeLinkProvider',
      uri('after'),
    );
    assert.equal(links[0]?.target?.fsPath, join(scratch.migrations, '001_a.sql'));
  });

  it('follows its files while it is seen', async () => {
    await until(() => editor('after') !== undefined);
    scratch.migrate({ '001_a': 'CREATE TABLE mended (x);' });
    await subject.project.migrationsChanged();
    await until(() => text('after').includes('CREATE TABLE mended'));
    scratch.migrate({ '001_a': 'CREATE TABLE broken (' });
    await subject.project.migrationsChanged();
    await until(() => /^-- It would fail at 001_a\./.test(text('after')));
  });

  it('is tried again when it is seen again, not while nobody sees it', async () => {
    await until(() => editor('after') !== undefined);
    const other = await vscode.workspace.openTextDocument({ content: 'other' });
    await vscode.window.showTextDocument(other, { preview: false });
    await until(() => editor('after') === undefined);
    const before = tried;
    scratch.migrate({ '001_a': 'CREATE TABLE later (x);' });
    await subject.project.migrationsChanged();
    await new Promise((resolve) => setTimeout(resolve, 500));
    assert.equal(tried, before, 'nobody sees it');
    await vscode.commands.executeCommand('workbench.action.previousEditor');
    await until(() => text('after').includes('CREATE TABLE later'));
    assert.equal(tried, before + 1);
  });

  it('is freed when its editor is closed', async () => {
    const documents = previews['documents'];
    await until(() => editor('after') !== undefined);
    assert.match(documents.provideTextDocumentContent(uri('after')), /CREATE TABLE a/);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await until(() => previews.subjectOf(uri('after')) === undefined);
    for (const side of ['now', 'after'] as const) {
      assert.match(documents.provideTextDocumentContent(uri(side)), /^-- This preview is over\./);
    }
  });
});
