import assert from 'node:assert/strict';
import { utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { databaseStamp } from '../../../src/sqlite/databaseFile';
import { removeFolder, temporaryFolder } from '../../support/sqliteFiles';

describe('databaseStamp', () => {
  let folder: string;
  let path: string;
  beforeEach(() => {
    folder = temporaryFolder();
    path = join(folder, 'a.db');
    write('a.db', -60);
  });
  afterEach(() => removeFolder(folder));

  /** @param age seconds from now */
  function write(name: string, age: number): void {
    const time = Date.now() / 1000 + age;
    writeFileSync(join(folder, name), 'x');
    utimesSync(join(folder, name), time, time);
  }
  const isSame = (): boolean => databaseStamp(path) === databaseStamp(path);

  it('is the same as long as nobody writes, and another then', () => {
    assert.ok(isSame());
    const before = databaseStamp(path);
    write('a.db-wal', -50);
    const after = databaseStamp(path);
    assert.notEqual(after, before);
    write('a.db-wal', -40);
    assert.notEqual(databaseStamp(path), after);
  });

  it('never comes again where another write could have the same time', () => {
    write('a.db-wal', 3600);
    assert.ok(!isSame());
    // A file system that keeps whole seconds.
    const second = Math.floor(Date.now() / 1000) + 1;
    utimesSync(join(folder, 'a.db-wal'), second, second);
    assert.ok(!isSame());
  });

  it('of no database is one too', () => {
    assert.equal(databaseStamp(join(folder, 'b.db')), '-, -, -');
  });
});
