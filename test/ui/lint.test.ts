import assert from 'node:assert/strict';
import { useScratch } from '../support/scratch';
import { useVsCode } from '../support/vscode';

describe('lint in a window', () => {
  const code = useVsCode();
  const scratch = useScratch();

  it('is listed with the rule, whose link opens its section of the docs; a setting switches it off', async () => {
    scratch.exec(`CREATE TABLE notes (id INTEGER PRIMARY KEY, body TEXT);
      INSERT INTO notes (body) VALUES ('a'), ('b'), ('a');`);
    scratch.migrate({ '001_clean': '-- é\r\nBEGIN;\r\n  DELETE FROM notes;\r\nCOMMIT;\r\n' });
    const window = await code().open(scratch.folder);
    await window.waitForStatus(/1 pending/);
    await window.openFile('001_clean.sql');
    await window.runCommand('Problems: Focus on Problems View');
    const rows = window.page.locator('.markers-panel .monaco-list-row');
    const problem = rows.filter({ hasText: 'Without WHERE this deletes all 3 rows of notes.' });
    await problem.waitFor();
    assert.match(await problem.innerText(), /\[Ln 3, Col 3\]/);
    const outer = rows.filter({ hasText: 'BEGIN and COMMIT are left out' });
    await outer.waitFor();
    assert.equal(await outer.locator('.codicon-info').count(), 1);
    assert.equal(await problem.locator('.codicon-warning').count(), 1);
    await window.screenshot('lint-problems');

    await problem.locator('a', { hasText: 'no-where' }).click();
    // The VS Code of the tests has no Markdown preview, so it is the text.
    await window.page.locator('.tab.active', { hasText: /lint\.md/ }).waitFor();
    const heading = window.page.locator('.editor-instance .view-line', {
      hasText: /^##\sno-where$/,
    });
    await heading.waitFor();
    await window.screenshot('lint-docs');
    const box = await heading.boundingBox();
    assert.ok(box && box.y < 200, JSON.stringify(box));

    scratch.write({ '.vscode/settings.json': '{ "lockstep.lint.no-where": "off" }' });
    await problem.waitFor({ state: 'detached' });
    assert.equal(await outer.count(), 1);
  });
});
