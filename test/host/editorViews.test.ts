import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { monitorEventLoopDelay } from 'node:perf_hooks';
import * as vscode from 'vscode';
import { defaultWaitLimits } from '../../src/core/run/runRequest';
import type { Target } from '../../src/core/model';
import { MigratorClient } from '../../src/migrator/client';
import { EditorViews } from '../../src/ui/editor/editorViews';
import { FileBadges } from '../../src/ui/editor/fileBadges';
import type { Project } from '../../src/workspace/project';
import { ProjectRegistry } from '../../src/workspace/projectRegistry';
import type { ProjectRevisions } from '../../src/workspace/projectRevisions';
import { Settings } from '../../src/workspace/settings';
import { Scratch } from '../support/scratch';
import { until } from '../support/until';

describe('the file of a migration in an editor', () => {
  let scratch: Scratch;
  let opened: { dispose(): void }[];
  let registry: ProjectRegistry;
  beforeEach(() => {
    scratch = new Scratch();
    opened = [];
  });
  afterEach(async () => {
    await vscode.commands.executeCommand('workbench.action.revertAndCloseActiveEditor');
    await vscode.commands.executeCommand('workbench.action.closeAllEditors');
    opened.forEach((thing) => thing.dispose());
    scratch.dispose();
  });

  /** What the extension does for a workspace folder, for the scratch folder. */
  async function start(stated: readonly Target[] = []): Promise<Project> {
    const { extensionPath } = vscode.extensions.getExtension('lockstep.lockstep')!;
    const client = new MigratorClient({
      modulePath: join(extensionPath, 'dist', 'migrator.js'),
      log: () => undefined,
    });
    const owner = { kind: 'window', version: '0' } as const;
    registry = new ProjectRegistry(client, {
      discoverRequest: () => ({ roots: [scratch.folder], stated, exclude: [] }),
      runOptions: () => ({ owner, engine: 'auto', wait: defaultWaitLimits, transaction: 'each' }),
      isTrusted: () => true,
    });
    opened.push(new EditorViews(registry, new Settings()), registry, client);
    await registry.rediscover();
    assert.equal(registry.projects.length, Math.max(1, stated.length));
    return registry.projects[0];
  }

  /** As from the explorer: a document that was opened by code stays open for minutes. */
  async function open(name: string): Promise<vscode.TextEditor> {
    const uri = vscode.Uri.file(join(scratch.migrations, name));
    await vscode.commands.executeCommand('vscode.open', uri);
    const find = (): vscode.TextEditor | undefined =>
      vscode.window.visibleTextEditors.find(({ document }) => document.fileName === uri.fsPath);
    await until(() => find() !== undefined);
    return find()!;
  }

  function problems({ document }: vscode.TextEditor): readonly vscode.Diagnostic[] {
    return vscode.languages.getDiagnostics(document.uri);
  }

  /** The texts that are underlined. */
  function underlined(editor: vscode.TextEditor): string[] {
    return problems(editor).map(({ range }) => editor.document.getText(range));
  }

  async function type(editor: vscode.TextEditor, line: number, text: string): Promise<void> {
    const { range } = editor.document.lineAt(line);
    assert.ok(await editor.edit((edit) => edit.replace(range, text)));
  }

  it('underlines the statement that would fail, unsaved; mended, it is as if nothing was', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a (x);',
      '002_b': '-- two\nINSERT INTO a (x) VALUES (1);\nINSERT INTO a\n  (y) VALUES (2);\n',
    });
    scratch.exec('CREATE TABLE app (x)');
    await start();
    const editor = await open('002_b.sql');
    await until(() => problems(editor).length > 0);
    assert.deepEqual(underlined(editor), ['INSERT INTO a\n  (y) VALUES (2);']);
    const [problem] = problems(editor);
    assert.equal(problem.severity, vscode.DiagnosticSeverity.Error);
    assert.equal(problem.message, 'table a has no column named y');
    assert.equal(problem.source, 'lockstep');

    await type(editor, 3, '  (x) VALUES (2);');
    await until(() => problems(editor).length === 0);
    await type(editor, 1, 'INSERT INTO aa (x) VALUES (1);');
    await until(() => problems(editor).length > 0);
    assert.deepEqual(underlined(editor), ['INSERT INTO aa (x) VALUES (1);']);
    assert.ok(editor.document.isDirty, 'it was never saved');
  });

  for (const [name, text] of Object.entries({
    'a byte order mark and CRLF': '\ufeff-- é 😀\r\nSELECT 1;\r\n  SELECT\r\n    "é😀", nope;\r\n',
    'lone CRs': '/* é */\rSELECT 1;\r  SELECT\r    "é😀", nope;\r',
    'characters of two units before it, in the same line':
      "SELECT '😀é';  SELECT '\u{1f600}', nope;",
  })) {
    it(`underlines the right characters: ${name}`, async () => {
      scratch.migrate({ '001_a': text }).exec('CREATE TABLE app (x)');
      await start();
      const editor = await open('001_a.sql');
      await until(() => problems(editor).length > 0);
      const [range] = underlined(editor);
      assert.match(range, /^SELECT\s+["'][^;]+nope;$/);
      assert.equal(problems(editor).length, 1);
    });
  }

  it('says which migration before it fails, and checks again when that is mended', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x', '002_b': 'INSERT INTO a VALUES (1);' });
    scratch.exec('CREATE TABLE app (x)');
    const project = await start();
    const editor = await open('002_b.sql');
    await until(() => problems(editor).length > 0);
    assert.match(problems(editor)[0].message, /^Not checked: 001_a/);
    assert.equal(problems(editor)[0].severity, vscode.DiagnosticSeverity.Information);
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    await project.migrationsChanged();
    await until(() => problems(editor).length === 0);
  });

  it('says of an applied migration that edits will not run, once there are any', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' }).exec('CREATE TABLE app (x)');
    const project = await start();
    assert.equal((await project.run('up', { kind: 'all' })).outcome, 'done');
    const editor = await open('001_a.sql');
    await type(editor, 0, 'CREATE TABLE nonsense');
    await until(() => problems(editor).length > 0);
    assert.match(problems(editor)[0].message, /^Applied on .+; edits will not run/);
    assert.equal(problems(editor)[0].severity, vscode.DiagnosticSeverity.Information);
    await vscode.commands.executeCommand('workbench.action.files.revert');
    await until(() => problems(editor).length === 0);
  });

  it('underlines a statement once that failed in a run and fails in the check', async () => {
    scratch.migrate({ '001_a': 'INSERT INTO nope VALUES (1);' }).exec('CREATE TABLE app (x)');
    const project = await start();
    const editor = await open('001_a.sql');
    await until(() => problems(editor).length > 0);
    assert.equal((await project.run('up', { kind: 'all' })).outcome, 'failed');
    await until(() => project.state.lastResult !== undefined && problems(editor).length === 1);
    await new Promise((resolve) => setTimeout(resolve, 1000));
    assert.deepEqual(underlined(editor), ['INSERT INTO nope VALUES (1);']);
  });

  it('forgets the problems of a file that is closed', async () => {
    scratch.migrate({ '001_a': 'SELECT nope;' }).exec('CREATE TABLE app (x)');
    await start();
    const editor = await open('001_a.sql');
    await until(() => problems(editor).length > 0);
    await vscode.commands.executeCommand('workbench.action.closeActiveEditor');
    await until(() => problems(editor).length === 0);
  });

  it('shows the columns of a table, and completes names, as the migration finds them', async () => {
    scratch.migrate({
      '001_a': "CREATE TABLE people (id INTEGER PRIMARY KEY, name TEXT NOT NULL DEFAULT 'x');",
      '002_b': 'ALTER TABLE people ADD COLUMN born TEXT;\nSELECT p. FROM people p;\n',
    });
    scratch.exec('CREATE TABLE app (x)');
    await start();
    const editor = await open('002_b.sql');
    await until(() => problems(editor).length > 0);
    await until(async () => (await hover(editor, 0, 14)).includes('primary key'));
    assert.match(
      await hover(editor, 0, 14),
      /people: table\n+```plaintext\nid +INTEGER +primary key\n/,
    );
    const list = await completions(editor, 1, 9);
    assert.deepEqual(list, ['id', 'name']);

    await type(editor, 1, 'SELECT p.born FROM people p;');
    await until(async () => (await hover(editor, 1, 21)).includes('born'));
    assert.match(await hover(editor, 1, 21), /as this migration leaves it/);
    assert.match(await hover(editor, 1, 21), /born +TEXT +\(new\)/);
  });

  it('offers what fits above the sections', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a (x);',
      '001_a.down': 'DROP TABLE a;',
      '002_b': 'CREATE TABLE b (x);',
      '003_c': 'CREATE TABLE c (x);',
    });
    scratch.exec('CREATE TABLE app (x)');
    const project = await start();
    await project.run('up', { kind: 'steps', steps: 2 });
    assert.match(
      (await lenses('001_a.sql')).join(),
      /^Applied .+,Roll back to here \(undoes 1 newer\)$/,
    );
    assert.deepEqual(await lenses('001_a.down.sql'), []); // nothing older to go back to
    assert.match((await lenses('002_b.sql')).join(), /^Applied [^,]+(, [^,]+)*$/);
    assert.deepEqual(await lenses('003_c.sql'), ['Migrate up to here', 'Preview']);
    const editor = await open('003_c.sql');
    await type(editor, 0, 'CREATE TABLE c (y);');
    assert.deepEqual(await lenses('003_c.sql'), ['Save, to migrate or preview']);
    await editor.document.save();
    await until(() => !editor.document.isDirty); // perhaps saved by itself at the same moment
    assert.deepEqual(await lenses('003_c.sql'), ['Migrate up to here', 'Preview']);
  });

  it('offers it above both sections of a file of dbmate', async () => {
    scratch.write({
      'migrations/20260101000000_a.sql':
        '-- é\r\n-- migrate:up\r\nCREATE TABLE a (x);\r\n\r\n-- migrate:down\r\nDROP TABLE b;\r\n',
    });
    scratch.exec('CREATE TABLE app (x)');
    const project = await start();
    const editor = await open('20260101000000_a.sql');
    await until(() => problems(editor).length > 0);
    assert.deepEqual(underlined(editor), ['DROP TABLE b;']);
    await type(editor, 5, 'DROP TABLE a;');
    await editor.document.save();
    assert.deepEqual(await lensLines('20260101000000_a.sql'), [
      '1 Migrate up to here',
      '1 Preview',
    ]);
    await project.run('up', { kind: 'all' });
    const [applied, back] = await lensLines('20260101000000_a.sql');
    assert.match(applied, /^1 Applied /);
    assert.equal(back, '4 Roll back');
  });

  it('names the database where two share the folder', async () => {
    scratch.migrate({ '001_a': 'SELECT x FROM app;' }).exec('CREATE TABLE app (x)');
    scratch.write({ 'test.db': '' });
    await start([
      { database: scratch.database, folders: [scratch.migrations] },
      { database: join(scratch.folder, 'test.db'), folders: [scratch.migrations] },
    ]);
    const editor = await open('001_a.sql');
    await until(() => problems(editor).length > 0);
    assert.deepEqual(
      problems(editor).map(({ message }) => message),
      ['test.db: no such table: app'],
    );
    await type(editor, 0, 'SELECT y FROM nowhere;');
    await until(() => /nowhere/.test(problems(editor)[0]?.message ?? ''));
    assert.deepEqual(
      problems(editor).map(({ message }) => message.split(':')[0]),
      ['app.db, test.db'],
    );
  });

  it('checks nothing where that is switched off', async () => {
    scratch.migrate({ '001_a': 'SELECT nope;' }).exec('CREATE TABLE app (x)');
    await start();
    const editor = await open('001_a.sql');
    await until(() => problems(editor).length > 0);
    const settings = vscode.workspace.getConfiguration('lockstep');
    await settings.update('liveCheck', false, vscode.ConfigurationTarget.Global);
    try {
      await until(() => problems(editor).length === 0);
    } finally {
      await settings.update('liveCheck', undefined, vscode.ConfigurationTarget.Global);
    }
    await until(() => problems(editor).length > 0);
  });

  it('shows lint with its rule, as loud as its setting says', async () => {
    scratch.migrate({ '001_a': 'SELECT 1;\nDELETE FROM app;' });
    scratch.exec('CREATE TABLE app (x); INSERT INTO app VALUES (1)');
    await start();
    const editor = await open('001_a.sql');
    await until(() => problems(editor).length > 0);
    const [{ severity, code }] = problems(editor);
    assert.deepEqual(underlined(editor), ['DELETE FROM app;']);
    assert.equal(severity, vscode.DiagnosticSeverity.Warning);
    assert.equal((code as { value: string }).value, 'no-where');
    const settings = vscode.workspace.getConfiguration('lockstep');
    await settings.update('lint.no-where', 'off', vscode.ConfigurationTarget.Global);
    try {
      await until(() => problems(editor).length === 0);
    } finally {
      await settings.update('lint.no-where', undefined, vscode.ConfigurationTarget.Global);
    }
  });

  it('never keeps the extension host for long', async () => {
    const many = Array.from({ length: 1000 }, (_, i) => [
      `${1001 + i}_t`,
      `CREATE TABLE t${i} (id INTEGER PRIMARY KEY, name TEXT);`,
    ]);
    scratch.migrate(Object.fromEntries(many)).exec('CREATE TABLE app (x)');
    await start();
    const editor = await open('2000_t.sql');
    await until(async () => (await hover(editor, 0, 14)).includes('name'));
    const delay = monitorEventLoopDelay({ resolution: 1 });
    delay.enable();
    for (let i = 0; i < 10; i++) {
      await type(editor, 0, `CREATE TABLE t999 (id INTEGER PRIMARY KEY, name TEXT; -- ${i}`);
      await until(() => problems(editor).length > 0);
      await type(editor, 0, `CREATE TABLE t999 (id INTEGER PRIMARY KEY, name TEXT); -- ${i}`);
      await until(() => problems(editor).length === 0);
    }
    delay.disable();
    const longest = delay.max / 1e6;
    const { LOCKSTEP_FIGURES: figures } = process.env;
    if (figures) {
      writeFileSync(figures, `longest block of the extension host: ${longest.toFixed(0)} ms\n`);
    }
    assert.ok(longest < 1000, `${longest} ms`);
  });

  async function hover({ document }: vscode.TextEditor, line: number, at: number): Promise<string> {
    const found = await vscode.commands.executeCommand<vscode.Hover[]>(
      'vscode.executeHoverProvider',
      document.uri,
      new vscode.Position(line, at),
    );
    return found
      .flatMap(({ contents }) => contents as vscode.MarkdownString[])
      .map(({ value }) => value.replaceAll('&nbsp;', ' '))
      .join('\n');
  }

  async function completions(
    { document }: vscode.TextEditor,
    line: number,
    at: number,
  ): Promise<string[]> {
    const { items } = await vscode.commands.executeCommand<vscode.CompletionList>(
      'vscode.executeCompletionItemProvider',
      document.uri,
      new vscode.Position(line, at),
      '.',
    );
    return items
      .filter(({ kind }) => kind === vscode.CompletionItemKind.Field)
      .map(({ label }) => (typeof label === 'string' ? label : label.label));
  }

  async function lenses(name: string): Promise<string[]> {
    return (await codeLenses(name)).map(({ command }) => command?.title ?? '');
  }

  async function lensLines(name: string): Promise<string[]> {
    const found = await codeLenses(name);
    return found.map(({ command, range }) => `${range.start.line} ${command?.title}`);
  }

  async function codeLenses(name: string): Promise<vscode.CodeLens[]> {
    const { document } = await open(name);
    return vscode.commands.executeCommand<vscode.CodeLens[]>(
      'vscode.executeCodeLensProvider',
      document.uri,
      20,
    );
  }

  it('asks for all badges again where so many change that some would be left out', () => {
    const state = { status: { pending: [] as { file: string }[], history: [] } };
    const changed = new vscode.EventEmitter<void>();
    const badges = new FileBadges(
      { projects: [{ name: 'app.db', state }] } as unknown as ProjectRegistry,
      { onDidChange: changed.event } as unknown as ProjectRevisions,
    );
    opened.push(badges, changed);
    const told: (number | undefined)[] = [];
    badges.onDidChangeFileDecorations((files) => told.push(files?.length));
    for (const count of [250, 251, 502]) {
      state.status.pending = Array.from({ length: count }, (_, n) => ({ file: `/m/${n}.sql` }));
      changed.fire();
    }
    assert.deepEqual(told, [250, 1, undefined]);
  });
});
