import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { loadProperLockfile } from '../../../src/lock/takeLock';
import { removeFolder, temporaryFolder } from '../../support/sqliteFiles';

describe('proper-lockfile as we load it', () => {
  const signals = (): (string | symbol)[] =>
    process.eventNames().filter((name) => String(name).startsWith('SIG'));

  it('leaves the process as it was', () => {
    const before = signals();
    const { on, emit, exit } = process;
    loadProperLockfile();
    assert.deepEqual(signals(), before);
    assert.ok(process.on === on && process.emit === emit && process.exit === exit);
  });

  it('leaves a file at its size limit a failing write', function () {
    if (!existsSync('/bin/sh')) {
      this.skip();
    }
    const folder = temporaryFolder();
    const file = join(folder, 'large');
    const program = `
      const { loadProperLockfile } = require(${JSON.stringify(join(__dirname, 'loads.js'))});
      loadProperLockfile();
      try { require('fs').writeFileSync(${JSON.stringify(file)}, Buffer.alloc(1e6)); }
      catch (error) { console.log(error.code); }`;
    const { stdout, signal } = spawnSync(
      '/bin/sh',
      ['-c', 'ulimit -f 20; exec "$0" -e "$1"', process.execPath, program],
      { encoding: 'utf8' },
    );
    removeFolder(folder);
    assert.deepEqual([stdout.trim(), signal], ['EFBIG', null]);
  });
});
