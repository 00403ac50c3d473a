import assert from 'node:assert/strict';
import type { Locator } from 'playwright-core';
import { Cli } from '../support/cliProcess';
import { useScratch } from '../support/scratch';
import { until } from '../support/until';
import { useVsCode } from '../support/vscode';
import type { Window } from '../support/window';

describe('a migration in an editor', () => {
  // In a browser files are saved by themselves unless that is switched off.
  const code = useVsCode({ settings: { 'files.autoSave': 'off' } });
  const scratch = useScratch();

  /** The first migration is applied, two are pending. */
  async function open(): Promise<Window> {
    scratch.exec('CREATE TABLE app (x)');
    scratch.migrate({
      '001_notes': 'CREATE TABLE notes (\n  id INTEGER PRIMARY KEY,\n  body TEXT NOT NULL\n);\n',
      '001_notes.down': 'DROP TABLE notes;\n',
    });
    await Cli.run(['migrate', '--database', scratch.database, '--migrations', scratch.migrations]);
    scratch.migrate({
      '002_tags':
        "-- who is about what\nCREATE TABLE tags (\n  id INTEGER PRIMARY KEY,\n  name TEXT NOT NULL DEFAULT 'é',\n  note INTEGER REFERENCES notes\n);\n",
      '003_titles': 'ALTER TABLE notes ADD COLUMN title TEXT;\n',
    });
    const window = await code().open(scratch.folder);
    await window.waitForStatus(/^app\.db: 2 pending$/);
    return window;
  }

  const lines = (window: Window): Promise<string[]> =>
    window.page
      .locator('.editor-instance .view-line')
      .evaluateAll((all) =>
        all
          .sort((a, b) => a.getBoundingClientRect().top - b.getBoundingClientRect().top)
          .map((line) => line.textContent?.replaceAll('\u00a0', ' ') ?? ''),
      );

  /** The text of the line that a squiggle is drawn on, and how much of its width it has. */
  async function underlined(window: Window, kind = 'error'): Promise<string> {
    const squiggle = window.page.locator(`.editor-instance .squiggly-${kind}`).first();
    await squiggle.waitFor();
    const box = await squiggle.boundingBox();
    const all = await window.page.locator('.editor-instance .view-line').all();
    for (const line of all) {
      const span = await line.locator('> span').boundingBox();
      if (span && box && Math.abs(span.y - box.y) < 4) {
        const text = (await line.textContent())!.replaceAll('\u00a0', ' ');
        const unit = span.width / text.length;
        const start = Math.round((box.x - span.x) / unit);
        return text.slice(start, start + Math.round(box.width / unit));
      }
    }
    return ''; // drawn anew just now
  }

  const gone = (window: Window): Promise<void> =>
    window.page.locator('.editor-instance .squiggly-error').first().waitFor({ state: 'detached' });

  const lenses = async (window: Window): Promise<string> => {
    const found = await window.page.locator('.codelens-decoration').allInnerTexts();
    return found.join(' / ').replace(/\s+/g, ' ');
  };

  it('is underlined where it would fail, while it is typed; mended, nothing is left', async () => {
    const window = await open();
    const { keyboard } = window.page;
    await window.openFile('002_tags.sql');
    await window.page.locator('.editor-instance .view-lines').click();
    await keyboard.press('Control+End');
    await keyboard.type('INSERT INTO tags (name) VALUES (1);  INSERT INTO tagz VALUES (2);');
    await until(async () => (await underlined(window)) === 'INSERT INTO tagz VALUES (2);');
    await window.screenshot('editing-squiggle');
    assert.equal(scratch.versions().length, 1);
    await window.page.locator('.tab.dirty[data-resource-name="002_tags.sql"]').waitFor();

    for (let i = 0; i < ' VALUES (2);'.length; i++) {
      await keyboard.press('ArrowLeft');
    }
    await keyboard.press('Backspace');
    await keyboard.press('Backspace');
    await keyboard.type('gs (name)');
    await keyboard.press('Escape');
    await gone(window);
    await window.screenshot('editing-mended');
    assert.match((await lines(window)).join('\n'), /INSERT INTO tags \(name\) VALUES \(2\);/);
  });

  it('says what can be done with it, and shows the columns of a table', async () => {
    const window = await open();
    await window.openFile('003_titles.sql');
    await until(async () => (await lenses(window)) !== '');
    assert.equal(await lenses(window), 'Migrate up to here (2 migrations) | Preview');
    const hover = window.page.locator('.monaco-hover:visible', { hasText: 'title' });
    await until(async () => {
      await window.page.mouse.move(10, 400);
      const line = await window.page.locator('.editor-instance .view-line').first().boundingBox();
      await window.page.mouse.move(line!.x + 110, line!.y + 9);
      return hover.waitFor({ timeout: 2000 }).then(
        () => true,
        () => false,
      );
    });
    const text = (await hover.first().innerText()).replaceAll('\u00a0', ' ');
    assert.match(text, /notes: table, as this migration leaves it/);
    assert.match(text, /id +INTEGER +primary key\s+body +TEXT +not null\s+title +TEXT +\(new\)/);
    await window.screenshot('editing-hover');

    await window.openFile('001_notes.sql');
    await until(async () => /^Applied .+/.test(await lenses(window)));
    await window.openFile('001_notes.down.sql');
    await until(async () => (await lenses(window)) === 'Roll back');
    await window.screenshot('editing-lenses');

    await window.page.locator('.tab[data-resource-name="003_titles.sql"]').click();
    await window.page.locator('.codelens-decoration a', { hasText: 'Preview' }).click();
    await window.page.locator('.tab', { hasText: 'after 003_titles' }).first().waitFor();
    await window.screenshot('editing-preview');
    await window.openFile('002_tags.sql');
    await window.page.locator('.codelens-decoration a', { hasText: 'Migrate up to here' }).click();
    await window.waitForStatus(/^app\.db: 1 pending$/);
    await until(async () => /^Applied .+/.test(await lenses(window)));
    assert.deepEqual(scratch.versions(), ['001', '002']);
  });

  it('has a badge while it is pending, another when it was edited after it ran', async () => {
    const window = await open();
    const row = (name: string): Locator =>
      window.page.locator('.explorer-folders-view .monaco-list-row', {
        has: window.page.locator('.label-name', { hasText: new RegExp(`^${name}$`) }),
      });
    const badge = (name: string): Promise<string> =>
      row(name)
        .locator('.monaco-icon-label')
        .evaluate((label) => {
          const { content } = label.ownerDocument.defaultView!.getComputedStyle(label, '::after');
          return content === 'none' ? '' : content.replaceAll('"', '');
        });
    await row('migrations').click();
    await row('002_tags.sql').waitFor();
    await until(async () => (await badge('002_tags.sql')) === 'P');
    assert.equal(await badge('001_notes.sql'), '');
    assert.equal(await badge('app.db'), '');
    await row('002_tags.sql').hover();
    await window.page.locator('.monaco-hover', { hasText: 'Pending in app.db' }).waitFor();

    await window.openFile('001_notes.sql');
    await window.page.locator('.editor-instance .view-lines').click();
    await window.page.keyboard.press('Control+End');
    await window.page.keyboard.type('CREATE TABLE more (x);');
    await window.page.keyboard.press('Escape');
    await window.page.locator('.editor-instance .squiggly-info').first().waitFor();
    await window.page.keyboard.press('Control+S');
    await until(async () => (await badge('001_notes.sql')) === 'E');
    await until(async () => /^Applied .+, edited since$/.test(await lenses(window)));
    await window.screenshot('editing-badges');
  });
});
