import assert from 'node:assert/strict';
import { cp, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { useVsCode } from '../support/vscode';

describe('the packaged extension in a window', () => {
  const code = useVsCode();
  let home: string;
  before(async () => {
    home = await mkdtemp(join(tmpdir(), 'lockstep-ui-'));
    await cp('migrations-samples/shop', home, { recursive: true });
  });
  after(() => rm(home, { recursive: true, force: true }));

  it('says in the status bar what is pending, and shows the database in its view', async () => {
    const window = await code().open(home);
    assert.match(await window.waitForStatus(/pending/i), /pending/i);
    await window.openView();
    await window.waitForTree(/shop/);
    await window.screenshot('installed');
  });
});
