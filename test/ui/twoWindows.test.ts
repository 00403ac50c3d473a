import assert from 'node:assert/strict';
import { Scratch } from '../support/scratch';
import { slowMigrations } from '../support/slowStep';
import { useVsCode } from '../support/vscode';
import type { Window } from '../support/window';

describe('two windows on one folder', () => {
  const code = useVsCode();
  let scratch: Scratch;
  let windows: readonly [Window, Window];

  beforeEach(async () => {
    scratch = new Scratch().migrate(slowMigrations(40_000_000));
    scratch.exec('CREATE TABLE here (x)');
    windows = [await code().open(scratch.folder), await code().open(scratch.folder)];
    for (const window of windows) {
      await window.openView();
      await window.waitForStatus(/3 pending/);
    }
  });

  afterEach(() => scratch.dispose());

  /** Migrate in both; gives the one that works and the one that waits, once both show it. */
  async function migrateInBoth(): Promise<{ winner: Window; loser: Window }> {
    await Promise.all(windows.map((window) => window.runCommand('Lockstep: Migrate')));
    const shown = await Promise.all(windows.map((window) => window.waitForStatus(/2\/3|waiting/)));
    const [first, second] = windows;
    const [winner, loser] = /waiting/.test(shown[0]) ? [second, first] : [first, second];
    await winner.waitForStatus(/migrating 2\/3 002_slow/);
    await loser.waitForStatus(/waiting for VS Code window .* 2\/3/);
    return { winner, loser };
  }

  it('migrate once; the one that waits shows who works and how far, and names it at the end', async () => {
    const { winner, loser } = await migrateInBoth();
    await loser.waitForTree(/Lock {2}held by VS Code window .*\(2 of 3\)/);
    await Promise.all([
      winner.screenshot('two-windows-winner'),
      loser.screenshot('two-windows-loser'),
    ]);
    await Promise.all([
      winner.waitForToast(/Applied 3 migrations/),
      loser.waitForToast(/already applied by VS Code window/),
      ...windows.map((window) => window.waitForStatus(/up to date/)),
    ]);
    await loser.screenshot('two-windows-done');
    assert.deepEqual(scratch.versions(), ['001', '002', '003']);
    assert.equal(scratch.values('SELECT count(*) FROM big')[0], 2);
  });

  it('lets the second finish when the first is closed in the middle', async () => {
    const { winner, loser } = await migrateInBoth();
    await winner.close();
    await loser.waitForStatus(/up to date/, 120_000);
    assert.deepEqual(scratch.versions(), ['001', '002', '003']);
    assert.equal(scratch.values('SELECT count(*) FROM big')[0], 2);
  });
});
