import assert from 'node:assert/strict';
import { useScratch } from '../support/scratch';
import { useVsCode } from '../support/vscode';
import type { Window } from '../support/window';

describe('backups in a window', () => {
  const code = useVsCode();
  const scratch = useScratch();
  beforeEach(() => {
    scratch.exec('CREATE TABLE t (v); INSERT INTO t VALUES (1)');
  });

  const open = (): Promise<Window> => code().openView(scratch.folder);

  it('restores one from the tree after asking, and shows what is pending again', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x); UPDATE t SET v = 2;' });
    const window = await open();
    await window.runCommand('Lockstep: Restore Backup…');
    await window.waitForToast(/app\.db has no backups/);
    await window.runCommand('Lockstep: Migrate');
    await window.waitForStatus(/up to date/);

    await window.contextMenu('app.db', 'Restore Backup…');
    const [row] = await window.quickPickRows();
    assert.match(row, /KB.*before 001_a/);
    await window.screenshot('restore-pick');
    await window.pick(/before 001_a/);
    assert.match(await window.modal.innerText(), /Restore app\.db as it was on .*, before 001_a\?/);
    await window.answerModal('Restore');
    await window.waitForToast(/app\.db: Restored .* \(before 001_a\) in .*is kept as app\.db\./);
    await window.waitForStatus(/1 pending/);
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1]);
  });

  it('restores from an interrupted migration, which then is none', async () => {
    // A rehearsal would find the failure before anything is left half done.
    scratch.write({ '.vscode/settings.json': '{ "lockstep.rehearse": "never" }' });
    scratch.migrate({
      '001_b': 'BEGIN; UPDATE t SET v = 5; COMMIT; INSERT INTO nowhere VALUES (1); SELECT 1;',
    });
    const window = await open();
    await window.runCommand('Lockstep: Migrate');
    await window.waitForTree(/Interrupted: 001_b, at statement 4 of 5/);
    await window.inlineAction('Interrupted: 001_b', 'Restore Backup…');
    await window.pick(/before 001_b/);
    await window.answerModal('Restore');
    await window.waitForToast(/001_b no longer counts as interrupted/);
    await window.waitForStatus(/1 pending/);
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1]);
    scratch.migrate({ '001_b': 'UPDATE t SET v = 6;' });
    await window.runCommand('Lockstep: Migrate');
    await window.waitForStatus(/up to date/);
    assert.deepEqual(scratch.values('SELECT v FROM t'), [6]);
  });
});
