import assert from 'node:assert/strict';
import { Cli } from '../support/cliProcess';
import { until } from '../support/until';
import { useScratch } from '../support/scratch';
import { slowMigrations, slowStatement } from '../support/slowStep';
import { useVsCode } from '../support/vscode';
import type { Window } from '../support/window';

describe('a window shows and does', () => {
  const code = useVsCode();
  const scratch = useScratch();

  /** A window with the view open, when the first look is over. */
  const open = (): Promise<Window> => code().openView(scratch.folder);

  it('migrates from the palette, and shows it everywhere', async () => {
    scratch.migrate({
      '001_notes': 'CREATE TABLE notes (x);',
      '002_tags': 'CREATE TABLE tags (x);',
      '002_tags.down': 'DROP TABLE tags;',
    });
    scratch.exec('CREATE TABLE app (x)');
    const window = await open();
    assert.equal(await window.statusText(), 'app.db: 2 pending');
    assert.equal(await window.statusLabel(), 'Lockstep, app.db: 2 pending');
    await until(async () => (await window.badge()) === '2');
    await window.waitForTree(
      /^app\.db {2}2 pending\n {2}Lock {2}free\n {2}Pending \(2\)\n {4}001_notes\n {4}002_tags\n {2}History \(0\)$/,
    );

    await window.runCommand('Lockstep: Migrate');
    await window.waitForToast(/app\.db: Applied 2 migrations in/);
    await window.waitForStatus(/^app\.db: up to date$/);
    await window.waitForTree(/History \(2\)/);
    await window.expand('History');
    await window.waitForTree(/002_tags {2}.+ · .+ · VS Code window “lockstep-/);
    assert.deepEqual(scratch.versions(), ['001', '002']);

    const tooltip = await window.statusTooltip();
    for (const fact of [scratch.database, 'SQLite', 'native', 'delete', '002_tags']) {
      assert.match(tooltip, new RegExp(fact));
    }

    await window.runCommand('Lockstep: Roll Back Last Migration');
    assert.match(await window.modal.innerText(), /Roll back 002_tags in app\.db\?/);
    await window.answerModal('Roll Back');
    await window.waitForToast(/Rolled back 1 migration/);
    await window.waitForStatus(/^app\.db: 1 pending$/);
    assert.deepEqual(scratch.versions(), ['001']);
  });

  it('leads to the statement that failed, and forgets it when the file is mended', async () => {
    scratch.migrate({
      '001_a': 'CREATE TABLE a (x);',
      '002_b': '-- two lines\nINSERT INTO\n  nope VALUES (1);\n',
    });
    // What is rehearsed by itself may take a second, which a busy machine does not have.
    scratch.write({ '.vscode/settings.json': '{ "lockstep.rehearse": "always" }' });
    scratch.exec('CREATE TABLE app (x)');
    const window = await open();
    await window.runCommand('Lockstep: Migrate');
    await window.waitForStatus(/^app\.db: migration failed$/);
    await window.waitForTree(/002_b\.sql, line 2: no such table: (main\.)?nope/);
    await window.answerToast(/002_b\.sql, line 2: .+ nothing was changed/, 'Open File');
    await window.page.locator('.squiggly-error').first().waitFor();
    const position = window.page.locator('[id="status.editor.selection"]');
    assert.match(await position.innerText(), /Ln 3.*\(\d+ selected\)/);
    assert.deepEqual(scratch.values('SELECT name FROM sqlite_schema'), ['app']);
    await window.screenshot('failed-statement');

    scratch.migrate({ '002_b': 'CREATE TABLE b (x);' });
    await window.waitForStatus(/^app\.db: 2 pending$/);
    await window.page.locator('.squiggly-error').first().waitFor({ state: 'detached' });
  });

  it('follows what happens outside: files, another program, a terminal at work', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' }).exec('CREATE TABLE app (x)');
    const window = await open();
    await window.waitForStatus(/^app\.db: 1 pending$/);
    scratch.migrate({ '002_b': 'CREATE TABLE b (x);' });
    await window.waitForStatus(/^app\.db: 2 pending$/);
    await Cli.run(['migrate', '--database', scratch.database, '--migrations', scratch.migrations]);
    await window.waitForStatus(/^app\.db: up to date$/);
    await window.waitForTree(/History \(2\)/);
    assert.deepEqual(await window.toasts(), [], 'quiet about what others do');

    const slow = Object.entries(slowMigrations()).map(([name, sql]) => [`1${name}`, sql]);
    scratch.migrate(Object.fromEntries(slow));
    await window.waitForStatus(/^app\.db: 3 pending$/);
    const run = ['migrate', '--database', scratch.database, '--migrations', scratch.migrations];
    const terminal = new Cli(run);
    await window.waitForStatus(/^app\.db: locked by a terminal.* 2\/3$/);
    await window.waitForTree(/Lock {2}held by a terminal .*applying 1002_slow \(2 of 3\)/);
    await window.waitForTree(/1002_slow {2}running/);
    terminal.process.kill('SIGKILL');
    await terminal.ended;
    await window.waitForStatus(/^app\.db: stale lock$/);
    await window.waitForTree(/Lock {2}stale, its holder is gone/);
    assert.deepEqual(await window.toasts(), []);
  });

  it('can be cancelled from the notification', async () => {
    scratch.migrate(slowMigrations()).exec('CREATE TABLE app (x)');
    const window = await open();
    await window.runCommand('Lockstep: Migrate');
    await window.waitForStatus(/^app\.db: migrating 2\/3 002_slow$/);
    await window.screenshot('running');
    await window.answerToast(/Migrating app\.db/, 'Cancel');
    await window.waitForToast(/Cancelled\..*002_slow was undone/);
    // The first migration may share a transaction with the slow one, which was undone.
    const status = await window.waitForStatus(/^app\.db: [23] pending$/);
    const tables = scratch.values("SELECT name FROM sqlite_master WHERE name = 'big'");
    assert.equal(status, `app.db: ${3 - tables.length} pending`);
  });

  it('lets a person decide about what was interrupted outside a transaction', async () => {
    scratch.write({
      'migrations/20260101000000_big.sql': '-- migrate:up\nCREATE TABLE big (i);\n',
      'migrations/20260102000000_slow.sql': [
        '-- migrate:up transaction:false',
        'DELETE FROM big;',
        slowStatement(30_000_000),
      ].join('\n'),
    });
    scratch.exec('CREATE TABLE app (x)');
    const window = await open();
    const run = ['migrate', '--database', scratch.database, '--migrations', scratch.migrations];
    const terminal = new Cli(run);
    await window.waitForStatus(/locked by a terminal.* 2\/2$/);
    terminal.process.kill('SIGKILL');
    await terminal.ended;
    await window.waitForStatus(/^app\.db: interrupted: 20260102000000_slow$/);
    await window.waitForTree(/Interrupted: 20260102000000_slow, at statement \d of 2/);

    await window.runCommand('Lockstep: Migrate');
    await window.pick('Run all 2 statements again');
    await window.waitForStatus(/migrating 1\/1 20260102000000_slow/);
    await window.waitForStatus(/^app\.db: up to date$/);
    assert.equal(scratch.values('SELECT count(*) FROM big')[0], 1);
  });

  it('asks twice before it breaks the lock of a living holder', async () => {
    scratch.migrate(slowMigrations()).exec('CREATE TABLE app (x)');
    const window = await open();
    const run = ['migrate', '--database', scratch.database, '--migrations', scratch.migrations];
    const terminal = new Cli(run);
    try {
      await window.waitForStatus(/locked by a terminal/);
      await window.runCommand('Lockstep: Show Lock Holder');
      await window.waitForToast(/the lock is held by a terminal .*pid \d+/);
      await window.runCommand('Lockstep: Break Lock…');
      const pid = new RegExp(`pid ${terminal.process.pid}`);
      assert.match(await window.modal.innerText(), pid);
      await window.answerModal('Break Lock');
      const insist = window.modal.filter({ hasText: 'although its holder seems to be alive' });
      await insist.waitFor();
      assert.match(await insist.innerText(), /own lock lasts until that program ends/);
      await window.screenshot('insist');
      await window.answerModal('Cancel');
      await window.waitForStatus(/locked by a terminal/);
    } finally {
      terminal.process.kill('SIGKILL');
      await terminal.ended;
    }
  });

  it('creates a migration in the style of the folder and opens it', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' }).exec('CREATE TABLE app (x)');
    const window = await open();
    await window.runCommand('Lockstep: New Migration…');
    await window.answer('add users');
    await window.page.locator('.tab[data-resource-name^="002_add_users"]').first().waitFor();
    await window.waitForStatus(/^app\.db: 2 pending$/);
  });
});
