import assert from 'node:assert/strict';
import { mkdirSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Scratch, useScratch } from '../support/scratch';
import { useVsCode } from '../support/vscode';

const migrations = {
  'migrations/001_a.sql': 'CREATE TABLE a (x);',
  'migrations/002_b.sql': 'CREATE TABLE b (x);',
};

describe('workspaces of every kind', () => {
  const code = useVsCode();
  const scratch = useScratch();

  it('an empty window is asked to open a folder', async () => {
    const window = await code().open();
    await window.openView();
    await window.page.getByText('Open a folder with a SQLite database').first().waitFor();
    await window.runCommand('Lockstep: Migrate');
    await window.waitForToast(/Open a folder with a SQLite database or migrations first/);
  });

  it('a folder without migrations says where they are looked for', async () => {
    scratch.write({ 'README.md': '# Nothing here' });
    const window = await code().open(scratch.folder);
    await window.openView();
    await window.page.getByText('No SQL migrations were found').first().waitFor();
    await window.screenshot('nothing-found');
    await window.page.getByRole('button', { name: 'Create the First Migration' }).click();
    await window.answer('first steps');
    await window.waitForStatus(/: 1 pending$/);
  });

  it('a database alone is offered its first migration', async () => {
    scratch.exec('CREATE TABLE app (x)');
    const window = await code().open(scratch.folder);
    await window.openView();
    await window.waitForTree(/^app\.db {2}no migrations found for it$/);
    await window.inlineAction('app.db', /New Migration/);
    await window.answer('first steps');
    await window.waitForStatus(/^app\.db: 1 pending$/);
  });

  it('several databases are told apart, and picked from', async () => {
    for (const name of ['blog', 'shop']) {
      mkdirSync(join(scratch.folder, name));
      scratch.write(
        Object.fromEntries(
          Object.entries(migrations).map(([file, sql]) => [`${name}/${file}`, sql]),
        ),
      );
    }
    const window = await code().open(scratch.folder);
    await window.openView();
    await window.waitForStatus(/^4 pending in 2 databases$/);
    await window.runCommand('Lockstep: Migrate');
    await window.pick(/shop\.db.*shop\/shop\.db/s);
    await window.answerModal('Create and Migrate');
    await window.waitForStatus(/^blog\.db: 2 pending$/);
    await window.waitForTree(/shop\.db {2}up to date/);
  });

  it('settings name the pair, relative to their folder, and are followed', async () => {
    scratch.write({ 'sql/1-a.sql': 'CREATE TABLE a (x);', '.vscode/settings.json': '{}' });
    const settings = (databases: unknown): Scratch =>
      scratch.write({
        '.vscode/settings.json': JSON.stringify({ 'lockstep.databases': databases }),
      });
    settings([{ database: 'data/other.db', migrations: '${workspaceFolder}/sql' }, 'nonsense']);
    mkdirSync(join(scratch.folder, 'data'));
    const window = await code().open(scratch.folder);
    await window.openView();
    await window.waitForTree(/other\.db {2}not created yet · 1 pending/);
    await window.waitForTree(/an entry is not understood \(lockstep-.+: 2\)/);
    settings([{ database: 'data/changed.db', migrations: 'sql' }]);
    await window.waitForTree(/^changed\.db/);
  });

  it('folders of a workspace come and go while it is open', async () => {
    for (const name of ['blog', 'shop']) {
      scratch.write({ [`${name}/migrations/001_a.sql`]: 'CREATE TABLE a (x);' });
    }
    const file = 'both.code-workspace';
    const folders = (...paths: string[]): Scratch =>
      scratch.write({ [file]: JSON.stringify({ folders: paths.map((path) => ({ path })) }) });
    folders('shop', 'blog');
    const window = await code().open(join(scratch.folder, file));
    await window.openView();
    await window.waitForStatus(/^2 pending in 2 databases$/);
    folders('shop');
    await window.waitForStatus(/^shop\.db: 1 pending$/);
    folders('shop', 'blog');
    await window.waitForTree(/blog\.db[^]*shop\.db/);
  });

  it('a folder that is renamed, deleted, or made with all that is in it is followed', async () => {
    const at = (name: string): string => join(scratch.folder, name);
    const make = (name: string): Scratch =>
      scratch.write({ [`${name}/db/migrations/001_a.sql`]: 'CREATE TABLE a (x);' });
    make('shop');
    const window = await code().open(scratch.folder);
    await window.openView();
    await window.waitForStatus(/^shop\.db: 1 pending$/);
    // A new window's watcher hears nothing for a while: back and forth until one is seen.
    let [from, to] = ['shop', 'store'];
    const isSeen = async (): Promise<boolean> => {
      renameSync(at(from), at(to));
      return window.waitForStatus(new RegExp(`^${to}\\.db: 1 pending$`), 15_000).then(
        () => true,
        () => false,
      );
    };
    while (!(await isSeen())) {
      [from, to] = [to, from];
    }
    rmSync(at(to), { recursive: true });
    await window.page.getByText('No SQL migrations were found').first().waitFor();
    make('blog');
    await window.waitForStatus(/^blog\.db: 1 pending$/);
  });
});

describe('a folder that is not trusted', () => {
  const code = useVsCode({ askForTrust: true });
  const scratch = useScratch();

  it('can be looked at; nothing is run until it is trusted', async () => {
    scratch.write(migrations).exec('CREATE TABLE app (x)');
    const window = await code().open(scratch.folder);
    await window.openView();
    await window.waitForStatus(/^app\.db: 2 pending$/);
    await window.page.getByText('Restricted Mode: Lockstep looks').waitFor();
    await window.screenshot('untrusted');
    await window.openPalette('>Lockstep: ');
    const rows = await window.quickPickRows();
    assert.ok(rows.some((row) => row.includes('Show Lock Holder')));
    assert.ok(!rows.some((row) => /Migrate|Roll Back|Break/.test(row)), rows.join('\n'));
    await window.page.keyboard.press('Escape');

    const before = scratch.names();
    await window.runCommand('Lockstep: Preview Pending Migrations');
    const toast = await window.waitForToast(/app\.db: 2 migrations would be applied\./);
    assert.equal(await toast.getByRole('button', { name: 'Migrate', exact: true }).count(), 0);
    await window.page.locator('.editor.modified .view-line', { hasText: 'would be' }).waitFor();
    assert.deepEqual(scratch.names(), before);

    await window.openFile('002_b.sql');
    const lenses = window.page.locator('.codelens-decoration');
    await lenses.getByText('Preview').waitFor();
    assert.ok(!(await lenses.allInnerTexts()).join().includes('Migrate'));

    await window.runCommand('Workspaces: Manage Workspace Trust');
    await window.page.getByRole('button', { name: 'Trust', exact: true }).first().click();
    await window.page.getByText('Restricted Mode: Lockstep looks').waitFor({ state: 'detached' });
    await lenses.getByText('Migrate up to here').waitFor();
    await window.runCommand('Lockstep: Migrate');
    await window.waitForStatus(/^app\.db: up to date$/);
  });
});
