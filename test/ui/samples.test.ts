import assert from 'node:assert/strict';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { copySample } from '../support/copySample';
import { until } from '../support/until';
import { useVsCode } from '../support/vscode';

describe('the samples in a window', () => {
  const code = useVsCode();

  it('migrates from the palette: offers to create the file, says what it did, shows it', async () => {
    const folder = await copySample('shop');
    const window = await code().open(folder);
    await window.waitForStatus(/shop\.db: 5 pending/);
    assert.ok(!existsSync(join(folder, 'db', 'shop.db')), 'looking has created the database');
    await window.openView();
    await window.waitForTree(/Pending \(5\)/);
    await until(async () => (await window.badge()) === '5');

    await window.runCommand('Lockstep: Migrate');
    assert.match(await window.modal.innerText(), /shop\.db does not exist yet/);
    await window.answerModal('Create and Migrate');
    await window.waitForToast(/Applied 5 migrations/);
    await window.waitForStatus(/up to date/);
    await window.waitForTree(/Pending \(0\)[^]*History \(5\)/);
    assert.match(await window.statusTooltip(), /shop\.db/);
    assert.match(await window.statusLabel(), /up to date/);
    await window.screenshot('migrated');
  });

  it('runs from the tree up to one migration and back, and opens a file', async () => {
    const folder = await copySample('notes');
    const window = await code().open(folder);
    await window.openView();
    await window.waitForTree(/Pending \(8\)/);

    await window.inlineAction('003_publishing', 'Migrate Up to Here');
    await window.answerModal('Create and Migrate');
    await window.waitForTree(/Pending \(5\)[^]*History \(3\)/);
    await window.waitForStatus(/5 pending/);

    await window.contextMenu('notes.db', 'Migrate');
    await window.waitForTree(/Pending \(0\)[^]*History \(8\)/);

    await window.expand('History');
    await window.inlineAction('008_tags', 'Open Migration');
    await window.page.locator('.tab[data-resource-name="008_tags.sql"]').waitFor();

    await window.runCommand('Lockstep: Roll Back Last Migration');
    assert.match(await window.modal.innerText(), /Roll back 008_tags in notes\.db\?/);
    await window.answerModal('Roll Back');
    await window.waitForTree(/Pending \(1\)[^]*History \(7\)/);

    await window.statusItem().locator('a').click();
    assert.match((await window.quickPickRows()).join('\n'), /Migrate/);
  });
});
