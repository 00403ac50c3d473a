import assert from 'node:assert/strict';
import { useScratch } from '../support/scratch';
import { slowMigrations } from '../support/slowStep';
import { useVsCode } from '../support/vscode';
import type { Window } from '../support/window';

describe('a window shows a migration before it runs', () => {
  const code = useVsCode();
  const scratch = useScratch();

  const people = `
    CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL, phone TEXT);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 1500)
      INSERT INTO users (name, phone) SELECT 'user ' || i, i FROM n;
    CREATE TABLE notes (id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES users (id), body TEXT);
    CREATE INDEX notes_user ON notes (user_id);`;

  const destructive = {
    '001_forget_phones': 'ALTER TABLE users DROP COLUMN phone;',
    '002_prune': 'DELETE FROM users WHERE id > 296;\n',
    '003_tags':
      "CREATE TABLE tags (name TEXT PRIMARY KEY);\nINSERT INTO tags VALUES ('new'), ('old');",
  };

  /** A window with the view open, when the first look is over. */
  const open = (): Promise<Window> => code().openView(scratch.folder);

  /** The lines on one side of the diff editor that are on the screen. */
  async function side(window: Window, which: 'original' | 'modified'): Promise<string> {
    const lines = window.page.locator(`.editor.${which} .view-line`);
    const found = await lines.evaluateAll((all) =>
      all
        .map((line) => ({ text: line.textContent ?? '', top: line.getBoundingClientRect().top }))
        .sort((a, b) => a.top - b.top)
        .map(({ text }) => text),
    );
    return found.join('\n').replaceAll('\u00a0', ' ');
  }

  async function waitForSide(
    window: Window,
    which: 'original' | 'modified',
    text: RegExp,
  ): Promise<void> {
    const end = Date.now() + 30_000;
    let seen = await side(window, which);
    while (!text.test(seen) && Date.now() < end) {
      await window.page.waitForTimeout(50);
      seen = await side(window, which);
    }
    assert.match(seen, text);
  }

  /** When toasts have come up, which they do slowly. */
  async function settledScreenshot(window: Window, name: string): Promise<void> {
    await window.page.waitForTimeout(500);
    await window.screenshot(name);
  }

  const tab = (window: Window, title: RegExp) =>
    window.page.locator('.tab', { hasText: title }).first();

  it('as a comparison of the schemas with what is deleted, and asks before it is', async () => {
    scratch.migrate(destructive).exec(people);
    const window = await open();
    await window.runCommand('Lockstep: Preview Pending Migrations');
    await tab(window, /app\.db: schema now ↔ after migrating/).waitFor();
    await waitForSide(window, 'modified', /-- 3 migrations would be applied\./);
    const after = await side(window, 'modified');
    assert.match(after, /-- Deletes 1,204 rows and the column\n-- {3}users\.phone\.\n/);
    assert.match(
      after,
      /-- − users\.phone\n-- users: 1,204 removed\n-- \+ table tags \(2 rows\)\n/,
    );
    assert.match(after, /-- ✓ 001_forget_phones {2}[\d.]+ m?s {2}− users\.phone/);
    assert.match(after, /-- Tried on a copy \(\d+ KB\) with SQLite 3\.[\d.]+(.|\n)*[\d.]+ m?s\.\n/);
    assert.match(await side(window, 'original'), /^CREATE TABLE notes(.|\n)* phone TEXT/);
    await window.waitForToast(/app\.db: 3 migrations would be applied\. Deletes 1,204 rows/);
    await settledScreenshot(window, 'preview');
    assert.deepEqual(
      scratch.values('SELECT count(*) FROM users'),
      [1500],
      'looking changes nothing',
    );
    assert.deepEqual(scratch.names(), ['app.db', 'migrations']);

    await window.answerToast(/3 migrations would be applied/, 'Migrate');
    await window.modal.waitFor();
    assert.match(
      await window.modal.innerText(),
      /Migrate app\.db\? Deletes 1,204 rows and the column users\.phone\.[^]*A backup is made first/,
    );
    await window.waitForTree(/Lock {2}free/);
    await settledScreenshot(window, 'losses');
    await window.answerModal('Cancel');
    await window.waitForStatus(/^app\.db: 3 pending$/);
    assert.deepEqual(scratch.values('SELECT count(*) FROM users'), [1500]);

    await window.runCommand('Lockstep: Migrate');
    await window.answerModal('Migrate');
    await window.waitForToast(/app\.db: Applied 3 migrations in/);
    assert.deepEqual(scratch.values('SELECT count(*) FROM users'), [296]);
  });

  it('up to what works where one fails, which can be applied, and follows its files', async () => {
    scratch
      .migrate({
        '001_a': 'CREATE TABLE a (x);',
        '002_b': 'CREATE TABLE b (y);',
        '003_c': '-- two lines\nINSERT INTO\n  d VALUES (1);\n',
      })
      // What is rehearsed by itself may take a second, which a busy machine does not have.
      .write({ '.vscode/settings.json': '{ "lockstep.rehearse": "always" }' })
      .exec('CREATE TABLE own (z)');
    const window = await open();
    await window.inlineAction('Pending', 'Preview Pending Migrations');
    await waitForSide(window, 'modified', /-- It would fail at 003_c\./);
    const after = await side(window, 'modified');
    assert.match(after, /-- 003_c\.sql, line 2: no such table: d\./);
    assert.match(after, /-- The 2 before it work\.(.|\n)+ after them\./);
    assert.match(after, /-- ✗ 003_c {2}fails/);
    assert.match(after, /CREATE TABLE b \(\n {2}y\n\);/);
    await window.waitForToast(
      /app\.db: 003_c\.sql, line 2: no such table: d\. .+ nothing was changed\./,
    );
    await settledScreenshot(window, 'preview-failing');
    await window.answerToast(/no such table: d/, 'Open File');
    await window.page.locator('.tab.active[data-resource-name="003_c.sql"]').waitFor();
    const position = window.page.locator('[id="status.editor.selection"]');
    assert.match(await position.innerText(), /Ln 3.*\(\d+ selected\)/);

    await window.runCommand('Lockstep: Migrate');
    const found = /003_c\.sql, line 2: no such table: d\. This was found on a copy/;
    await window.waitForToast(found);
    await settledScreenshot(window, 'apply-what-works');
    await window.answerToast(found, 'Apply the 2 That Work');
    await window.waitForToast(/app\.db: Applied 2 migrations in/);
    assert.deepEqual(scratch.versions(), ['001', '002']);

    await window.runCommand('Lockstep: Preview Pending Migrations');
    await waitForSide(window, 'original', /CREATE TABLE b/);
    await waitForSide(window, 'modified', /-- It would fail at 003_c\.\n-- 003_c\.sql, line 2/);
    scratch.migrate({ '003_c': 'CREATE TABLE d (x);' });
    await waitForSide(
      window,
      'modified',
      /-- 1 migration would be applied\.\n(.*\n)*CREATE TABLE d/,
    );
    await window.page.getByRole('button', { name: 'Run What Is Previewed' }).first().click();
    await window.waitForToast(/app\.db: Applied 1 migration in/);
    await waitForSide(window, 'modified', /-- Nothing would be applied\./);

    await window.runCommand('Lockstep: Preview Pending Migrations');
    const message = window.page.locator('.statusbar-item', {
      hasText: 'app.db: nothing is pending',
    });
    await message.waitFor();
  });

  it('up to one of them, from the tree', async () => {
    scratch.migrate(destructive).exec(people);
    const window = await open();
    await window.contextMenu('001_forget_phones', 'Preview Up to Here');
    await tab(window, /app\.db: schema now ↔ after 001_forget_phones/).waitFor();
    await waitForSide(window, 'modified', /-- 1 migration would be applied\./);
    await window.answerToast(/Deletes the column users\.phone/, 'Migrate');
    await window.answerModal('Migrate');
    await window.waitForToast(/Applied 1 migration in/);
    assert.deepEqual(scratch.versions(), ['001']);
  });

  it('down, with what that deletes, and stops where there is no down migration', async () => {
    scratch
      .migrate({ '001_a': 'CREATE TABLE a (x);', '002_tags': destructive['003_tags'] })
      .migrate({ '002_tags.down': 'DROP TABLE tags;' })
      .exec('CREATE TABLE own (z)');
    const window = await open();
    await window.runCommand('Lockstep: Migrate');
    await window.waitForStatus(/^app\.db: up to date$/);
    await window.runCommand('Lockstep: Roll Back Last Migration');
    await window.modal.waitFor();
    assert.match(
      await window.modal.innerText(),
      /Roll back 002_tags in app\.db\?\s+Deletes 2 rows and the table tags\./,
    );
    await settledScreenshot(window, 'rollback-losses');
    await window.answerModal('Preview');
    await tab(window, /app\.db: schema now ↔ rolled back to 001_a/).waitFor();
    await waitForSide(window, 'modified', /-- 1 migration would be rolled back\.\n/);
    assert.match(await side(window, 'original'), /CREATE TABLE tags/);
    assert.deepEqual(scratch.versions(), ['001', '002']);
    await window.page.getByRole('button', { name: 'Run What Is Previewed' }).first().click();
    await window.answerModal('Roll Back');
    await window.waitForToast(/Rolled back 1 migration/);
    assert.deepEqual(scratch.versions(), ['001']);

    await window.runCommand('Lockstep: Roll Back Last Migration');
    await window.waitForToast(/001_a has no down migration\./);
    await settledScreenshot(window, 'no-way-back');
    await window.answerToast(/001_a has no down migration\./, 'Restore Backup…');
    assert.equal((await window.quickPickRows()).length, 2);
    await window.page.keyboard.press('Escape');

    scratch.migrate({ '001_a.down': 'DROP TABLE a;\nDROP TABLE nowhere;' });
    await window.waitForTree(/History/);
    await window.runCommand('Lockstep: Roll Back Last Migration');
    const failure = /001_a\.down\.sql, line 2: no such table: .*This was found on a copy/;
    const buttons = await (
      await window.waitForToast(failure)
    )
      .locator('.notification-list-item-buttons-container .monaco-button')
      .allInnerTexts();
    assert.deepEqual(buttons, ['Open File', 'Restore Backup…']);
    assert.deepEqual(scratch.versions(), ['001']);
  });

  it('can be cancelled while it is tried', async () => {
    scratch.migrate(slowMigrations()).exec('CREATE TABLE app (x)');
    const window = await open();
    await window.runCommand('Lockstep: Preview Pending Migrations');
    await window.answerToast(/Trying migrations on a copy of app\.db/, 'Cancel');
    await window.page
      .locator('.notification-toast', { hasText: /Trying migrations/ })
      .waitFor({ state: 'detached' });
    assert.equal(await tab(window, /schema now/).count(), 0);
    assert.deepEqual(await window.toasts(), []);
    assert.equal(await window.statusText(), 'app.db: 3 pending');
  });
});
