import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import * as vscode from 'vscode';
import type { MigratorClient } from '../../src/migrator/client';
import { saveMigrations } from '../../src/ui/commands/previewCommand';
import type { Project } from '../../src/workspace/project';
import { Scratch } from '../support/scratch';
import { windowProject } from '../support/windowProject';
import { hostMigrator } from './support/hostMigrator';

describe('before a run or a preview', () => {
  let scratch: Scratch;
  let project: Project;
  let client: MigratorClient;

  beforeEach(async () => {
    await vscode.workspace.getConfiguration('files').update('autoSave', 'off', true);
    scratch = new Scratch().migrate({ '001_a': 'CREATE TABLE a (x);' });
    client = hostMigrator();
    project = windowProject(scratch, client);
  });

  afterEach(async () => {
    await vscode.workspace.getConfiguration('files').update('autoSave', undefined, true);
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    project.dispose();
    await client.end();
    scratch.dispose();
  });

  async function write(file: string): Promise<void> {
    const document = await vscode.workspace.openTextDocument(file);
    const edit = new vscode.WorkspaceEdit();
    edit.insert(document.uri, new vscode.Position(0, 0), '-- written\n');
    await vscode.workspace.applyEdit(edit);
    assert.equal(document.isDirty, true);
  }

  it('what may run is saved, and nothing else', async () => {
    assert.equal((await project.run('up', { kind: 'all' })).outcome, 'done');
    scratch.migrate({ '002_b': 'CREATE TABLE b (x);' }).write({ 'notes.sql': 'SELECT 1;' });
    await project.refresh();
    const files = [
      join(scratch.migrations, '001_a.sql'),
      join(scratch.migrations, '002_b.sql'),
      join(scratch.folder, 'notes.sql'),
    ];
    for (const file of files) {
      await write(file);
    }
    await saveMigrations(project);
    const saved = files.map((file) => readFileSync(file, 'utf8').startsWith('-- written'));
    assert.deepEqual(saved, [false, true, false]);
  });
});
