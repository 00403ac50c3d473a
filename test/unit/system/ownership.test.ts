import assert from 'node:assert/strict';
import { chmodSync, chownSync, mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { isPathStable } from '../../../src/system/ownership';
import { removeFolder, temporaryFolder } from '../../support/sqliteFiles';

const nobody = 65534;

describe('ownership', () => {
  let folder: string;
  let inner: string;
  before(function () {
    if (process.getuid?.() !== 0) {
      console.warn('    skipped: files of another user take root to make');
      this.skip();
    }
  });
  beforeEach(() => {
    folder = temporaryFolder();
    inner = join(folder, 'inner');
    mkdirSync(inner);
  });
  afterEach(() => removeFolder(folder));

  for (const [mode, owner, group, expected] of [
    [0o700, 0, 0, true],
    [0o755, 0, 0, true],
    [0o775, 0, 0, true], // a group of the user's own
    [0o775, 0, nobody, false],
    [0o1775, 0, nobody, true],
    [0o777, 0, 0, false],
    [0o1777, 0, 0, true],
    [0o700, nobody, 0, false],
  ] as const) {
    const what = `${mode.toString(8)} of ${owner}:${group}`;
    it(`tells whether others can change a path below a folder: ${what}`, () => {
      chownSync(folder, owner, group);
      chmodSync(folder, mode);
      assert.equal(isPathStable(inner), expected);
      assert.equal(isPathStable(folder), expected);
    });
  }
});
