import assert from 'node:assert/strict';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { sameContent } from '../../../../src/migrator/thread/backup';
import { removeFolder, temporaryFolder } from '../../../support/sqliteFiles';

describe('sameContent', () => {
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => removeFolder(folder));

  const same = (a: Buffer, b: Buffer): boolean => {
    writeFileSync(join(folder, 'a'), a);
    writeFileSync(join(folder, 'b'), b);
    return sameContent(join(folder, 'a'), join(folder, 'b'));
  };
  const changed = (bytes: Buffer, at: number): Buffer => {
    const copy = Buffer.from(bytes);
    copy[at] ^= 1;
    return copy;
  };

  it('sees every byte but the counters of the header', () => {
    const bytes = Buffer.alloc(3 * 1024 * 1024 + 7, 'x');
    assert.ok(same(bytes, bytes));
    for (const at of [24, 27, 40, 43, 92, 95, 99]) {
      assert.ok(same(bytes, changed(bytes, at)), `${at}`);
    }
    const others = [
      0,
      18,
      23,
      28,
      39,
      44,
      91,
      100,
      1024 * 1024,
      1024 * 1024 + 24,
      bytes.length - 1,
    ];
    for (const at of others) {
      assert.ok(!same(bytes, changed(bytes, at)), `${at}`);
    }
    assert.ok(!same(bytes, bytes.subarray(1)));
    assert.ok(same(Buffer.alloc(0), Buffer.alloc(0)));
  });
});
