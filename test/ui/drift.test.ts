import assert from 'node:assert/strict';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Cli } from '../support/cliProcess';
import { commitOnBranch, git, gitRepository, needsGit } from '../support/gitRepository';
import { useScratch } from '../support/scratch';
import { useVsCode } from '../support/vscode';
import type { Window } from '../support/window';

describe('files and database that do not agree', () => {
  const code = useVsCode();
  const scratch = useScratch();

  /** A window with the view open, when the first look is over. */
  const open = (): Promise<Window> => code().openView(scratch.folder);

  async function migrated(): Promise<void> {
    const run = ['migrate', '--database', scratch.database, '--migrations', scratch.migrations];
    await Cli.run(run);
  }

  const users = [
    'CREATE TABLE users (',
    '  id INTEGER PRIMARY KEY,',
    '  name TEXT NOT NULL',
    ');',
    '',
    'CREATE INDEX users_name ON users (name);',
    '',
  ].join('\n');

  describe('an applied migration that was changed', () => {
    async function edited(): Promise<Window> {
      scratch.migrate({
        '001_users': users,
        '001_users.down': 'DROP TABLE users;',
        '002_notes': 'CREATE TABLE notes (body TEXT);\n',
        '002_notes.down': 'DROP TABLE notes;',
      });
      await migrated();
      scratch.exec("INSERT INTO notes VALUES ('a'), ('b'); INSERT INTO users (name) VALUES ('c')");
      const window = await open();
      await window.waitForStatus(/^app\.db: up to date$/);
      await window.expand('History');
      scratch.migrate({
        '001_users': users.replace('NOT NULL', "NOT NULL DEFAULT 'nobody',\n  email TEXT"),
      });
      await window.waitForTree(/001_users {2}edited since · /);
      return window;
    }

    it('is compared with what ran, accepted, and noticed when it is changed again', async () => {
      const window = await edited();
      await window.inlineAction('001_users', 'Show What Changed');
      await window.waitForToast(/001_users was changed since it ran on .*app\.db is as it ran/);
      const tab = window.page.locator('.tab.active');
      assert.match(await tab.innerText(), /001_users: as it ran ↔ as the file says/);
      await window.page
        .locator('.monaco-diff-editor .line-insert')
        .first()
        .waitFor({ state: 'attached' });
      const [ran, now] = await window.page
        .locator('.monaco-diff-editor .view-lines')
        .allInnerTexts();
      assert.doesNotMatch(ran, /email/);
      assert.match(now, /email/);
      await window.screenshot('edited-diff');

      const database = readFileSync(scratch.database);
      await window.answerToast(/001_users was changed/, 'What to Do…');
      await window.pick('Accept as Same');
      await window.waitForTree(/001_users {2}(?!.*edited)/);
      assert.deepEqual(readFileSync(scratch.database), database, 'the database is not touched');
      scratch.migrate({ '001_users': users.replace('name TEXT', 'name BLOB') });
      await window.waitForTree(/001_users {2}edited since/);
    });

    it('is followed up by a migration that says what was changed', async () => {
      const window = await edited();
      await window.contextMenu('001_users', 'Create a Follow-up Migration…');
      await window.answer('users have an email');
      await window.page.locator('.tab[data-resource-name^="003_users_have_an_email"]').waitFor();
      await window.waitForStatus(/^app\.db: 1 pending$/);
      const text = readFileSync(join(scratch.migrations, '003_users_have_an_email.sql'), 'utf8');
      assert.match(text, /^-- 001_users was changed after it was applied/);
      assert.match(text, /\+ {3}email TEXT/);
      await window.screenshot('follow-up');
    });

    it('is rolled back and applied again, after one question that names what goes', async () => {
      const window = await edited();
      await window.contextMenu('001_users', 'Roll Back and Re-apply…');
      await window.modal.waitFor();
      const question = await window.modal.innerText();
      assert.match(question, /Roll back 2 migrations in app\.db and apply them again\?/);
      assert.match(question, /002_notes\s+001_users/);
      assert.match(question, /Deletes 3 rows and 2 tables \(notes, users\)/);
      await window.screenshot('reapply');
      await window.answerModal('Roll Back and Re-apply');
      await window.waitForToast(/Applied 2 migrations/);
      await window.waitForTree(/001_users {2}(?!.*edited)/);
      assert.deepEqual(scratch.versions(), ['001', '002']);
      const columns = scratch.values("SELECT name FROM pragma_table_info('users')");
      assert.deepEqual(columns, ['id', 'name', 'email']);
    });

    it('is not rolled back where it could not be applied again', async () => {
      const window = await edited();
      scratch.migrate({ '001_users': users.replace('users_name', 'users_name, nonsense') });
      await window.waitForTree(/001_users {2}edited since/);
      await window.contextMenu('001_users', 'Roll Back and Re-apply…');
      await window.waitForToast(
        /could be rolled back, but not migrated again: 001_users\.sql, line \d+: .*nothing was changed/,
      );
      await window.screenshot('reapply-fails');
      assert.deepEqual(scratch.versions(), ['001', '002']);
    });

    it('is compared by what runs where its file holds both directions', async () => {
      const text = (column: string): string =>
        `-- migrate:up\nCREATE TABLE tags (\n  ${column}\n);\n\n-- migrate:down\nDROP TABLE tags;\n`;
      scratch.write({ 'migrations/20260101000000_tags.sql': text('name TEXT') });
      await migrated();
      const window = await open();
      await window.waitForStatus(/^app\.db: up to date$/);
      await window.expand('History');
      scratch.write({ 'migrations/20260101000000_tags.sql': text('name TEXT UNIQUE') });
      await window.waitForTree(/tags {2}edited since/);
      await window.runCommand('Lockstep: Show What Changed');
      await window.page.locator('.monaco-diff-editor .line-insert').first().waitFor({
        state: 'attached',
      });
      const sides = await window.page.locator('.monaco-diff-editor .view-lines').allInnerTexts();
      assert.doesNotMatch(sides.join('\n'), /migrate:|DROP/);
      await window.screenshot('edited-dbmate');
      const title = window.page.locator('.editor-actions');
      await title.getByRole('button', { name: /Decide About/ }).click();
      await window.pick('Accept as Same');
      await window.waitForTree(/tags {2}(?!edited)/);
    });

    it('is decided about in the title of the editor too', async () => {
      const window = await edited();
      await window.openFile('001_users.sql');
      const title = window.page.locator('.editor-actions');
      await title.getByRole('button', { name: 'Show What Changed' }).click();
      await window.page
        .locator('.monaco-diff-editor .line-insert')
        .first()
        .waitFor({ state: 'attached' });
      await title.getByRole('button', { name: /Decide About/ }).click();
      const rows = await window.quickPickRows();
      assert.match(rows.join('\n'), /Accept as Same.*\n.*Follow-up.*\n.*Roll Back and Re-apply/);
      await window.screenshot('decide-edited');
      await window.pick('Accept as Same');
      await window.waitForTree(/001_users {2}(?!.*edited)/);
    });
  });

  describe('a file that is on another branch', () => {
    before(function () {
      needsGit(this);
    });

    async function branches(): Promise<Window> {
      scratch.migrate({ '001_users': users, '001_users.down': 'DROP TABLE users;' });
      writeFileSync(join(scratch.folder, '.gitignore'), 'app.db*\n');
      await migrated();
      gitRepository(scratch.folder);
      scratch.migrate({
        '002_tags': 'CREATE TABLE tags (name TEXT);\n',
        '002_tags.down': 'DROP TABLE tags;\n',
        '003_tagged': 'CREATE TABLE tagged (tag TEXT);\n',
        '003_tagged.down': 'DROP TABLE tagged;\n',
      });
      await migrated();
      commitOnBranch(scratch.folder, 'feature/tags');
      const window = await open();
      await window.waitForStatus(/^app\.db: up to date$/);
      await window.expand('History');
      return window;
    }

    it('is said within a second of the switch, and forgotten within one of the switch back', async () => {
      const window = await branches();
      // A new watcher of VS Code hears nothing at first.
      await window.page.waitForTimeout(7_000);
      const times: number[] = [];
      const timed = async (branch: string, status: RegExp, tree: RegExp): Promise<void> => {
        const start = Date.now();
        git(scratch.folder, 'switch', '-q', branch);
        const switched = Date.now();
        await window.waitForStatus(status);
        await window.waitForTree(tree);
        times.push(Date.now() - switched);
        console.log(
          `      ${branch}: shown ${times.at(-1)} ms after git had ended (git ${switched - start} ms)`,
        );
      };
      await timed(
        'main',
        /^app\.db: 2 ahead of this branch$/,
        /003_tagged {2}on feature\/tags, not here · .*\n {4}002_tags {2}on feature\/tags, not here/,
      );
      await window.screenshot('branch-switch');
      await timed('feature/tags', /^app\.db: up to date$/, /003_tagged {2}(?!on feature)/);
      scratch.migrate({ '004_more': 'CREATE TABLE more (x);' });
      await window.waitForStatus(/^app\.db: 1 pending$/);
      await timed('main', /^app\.db: 1 pending, 2 ahead of this branch$/, /not here/);
      assert.deepEqual(await window.toasts(), [], 'quietly');
    });

    it('is restored from there', async () => {
      const window = await branches();
      git(scratch.folder, 'switch', '-q', 'main');
      await window.waitForTree(/002_tags {2}on feature\/tags, not here/);
      await window.contextMenu('003_tagged', 'Show What Ran');
      const lines = window.page.locator('.editor-instance .view-lines').first();
      await lines.filter({ hasText: /CREATE.TABLE.tagged/ }).waitFor();
      await window.screenshot('what-ran');
      await window.inlineAction('002_tags', 'Restore the File');
      await window.waitForToast(/002_tags\.sql was written as it is on branch feature\/tags/);
      await window.waitForStatus(/^app\.db: 1 ahead of this branch$/);
      await window.screenshot('restored-file');
      const text = readFileSync(join(scratch.migrations, '002_tags.sql'), 'utf8');
      assert.equal(text, 'CREATE TABLE tags (name TEXT);\n');
    });

    it('is rolled back by the down migration that was kept, from the status bar', async () => {
      const window = await branches();
      git(scratch.folder, 'switch', '-q', 'main');
      await window.waitForStatus(/^app\.db: 2 ahead of this branch$/);
      await window.waitForTree(/003_tagged {2}on feature\/tags, not here/);
      await window.statusItem().click();
      await window.pick('Roll Back What Is Not Here…');
      await window.modal.waitFor();
      assert.match(await window.modal.innerText(), /Roll back 2 migrations in app\.db\?/);
      await window.screenshot('roll-back-missing');
      await window.answerModal('Roll Back');
      await window.waitForStatus(/^app\.db: up to date$/);
      assert.deepEqual(scratch.versions(), ['001']);
    });
  });

  describe('a database that has the schema already', () => {
    it('is compared, and adopted without running anything', async () => {
      scratch.migrate({
        '001_users': users,
        '002_notes': 'CREATE TABLE notes (body TEXT, at TEXT);\n',
        '003_tags': 'CREATE TABLE tags (name TEXT);\n',
      });
      scratch.exec(`${users} CREATE TABLE notes (body TEXT);`);
      const window = await open();
      await window.waitForStatus(/^app\.db: 3 pending$/);

      // Menus are there before it is known that the workspace is trusted.
      const row = window.treeRow('002_notes');
      await row.hover();
      await row.locator('.action-label.codicon-run-above:not(.disabled)').waitFor();
      await window.contextMenu('002_notes', 'Mark as Applied…');
      await window.modal.waitFor();
      const question = await window.modal.innerText();
      assert.match(question, /Record 2 migrations as applied in app\.db without running them\?/);
      assert.match(question, /does not have the schema/);
      assert.match(question, /Not the same: table notes/);
      await window.screenshot('mark-applied-differs');
      await window.answerModal('Show Differences');
      await window.page
        .locator('.monaco-diff-editor .line-delete')
        .first()
        .waitFor({ state: 'attached' });
      await window.waitForToast(/does not have the schema/);
      await window.screenshot('mark-applied-diff');

      scratch.exec('ALTER TABLE notes ADD COLUMN at TEXT');
      await window.runCommand('Lockstep: Mark as Applied…');
      await window.pick('002_notes');
      await window.modal.waitFor();
      assert.match(await window.modal.innerText(), /has exactly the schema/);
      await window.screenshot('mark-applied-same');
      await window.answerModal('Mark as Applied');
      await window.waitForToast(/Recorded 2 migrations as applied; nothing of them was run/);
      await window.waitForStatus(/^app\.db: 1 pending$/);
      await window.waitForTree(/History \(2\)/);
      await window.expand('History');
      await window.waitForTree(/002_notes {2}.* · marked as applied · VS Code window/);
      await window.screenshot('marked-as-applied');
      await window.runCommand('Lockstep: Migrate');
      await window.waitForStatus(/^app\.db: up to date$/);
      assert.deepEqual(scratch.versions(), ['001', '002', '003']);
    });
  });
});
