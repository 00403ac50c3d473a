import assert from 'node:assert/strict';
import { closeSync, linkSync, openSync, statSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileUsers, parseLocks } from '../../../../src/sqlite/writer/fileUseWait';
import { OtherProgram } from '../../../support/otherProgram';
import { removeFolder, temporaryFolder } from '../../../support/sqliteFiles';

const onLinux = process.platform === 'linux' ? describe : describe.skip;

describe('parseLocks', () => {
  it('reads what the kernel prints, and no lock that is waited for', () => {
    const text = [
      '1: POSIX  ADVISORY  WRITE 30688 fe:00:2507321 0 EOF',
      '1: -> POSIX  ADVISORY  WRITE 30699 fe:00:2507321 0 EOF',
      '12: OFDLCK ADVISORY  READ  -1 00:1a:77 1073741826 1073742335',
      '13: FLOCK  ADVISORY  WRITE 1 103:02:9 0 EOF',
      'something else',
      '',
    ].join('\n');
    assert.deepEqual(parseLocks(text), [
      { pid: 30688, dev: 0xfe00n, ino: 2507321n },
      { pid: -1, dev: 0x1an, ino: 77n },
      { pid: 1, dev: 0x10302n, ino: 9n },
    ]);
    assert.deepEqual(parseLocks(''), []);
  });
});

onLinux('fileUsers', () => {
  let folder: string;
  let path: string;
  let other: OtherProgram;
  beforeEach(async () => {
    folder = temporaryFolder();
    path = join(folder, 'a.db');
    writeFileSync(path, '');
    other = new OtherProgram(path);
    await other.sql('CREATE TABLE t (a)');
  });
  afterEach(() => {
    other.end();
    removeFolder(folder);
  });

  it('names a program that has a file open, and the same use by the same id', () => {
    const [user, ...more] = fileUsers(path);
    assert.deepEqual(more, []);
    assert.deepEqual([user.how, user.pid], ['handle', other.pid]);
    assert.match(user.program, /^\S/);
    assert.equal(fileUsers(path)[0].id, user.id);
  });

  it('names a program that has locked it', async () => {
    await other.sql('BEGIN IMMEDIATE; SELECT 1');
    assert.deepEqual(
      fileUsers(path).map(({ how, pid }) => [how, pid]),
      [...Array(2).fill(['lock', other.pid]), ['handle', other.pid]],
    );
  });

  it('knows a file by what it is, not by its name', () => {
    const same = join(folder, 'link.db');
    symlinkSync(path, same);
    writeFileSync(join(folder, 'b.db'), '');
    linkSync(join(folder, 'b.db'), join(folder, 'c.db'));
    assert.deepEqual(fileUsers(join(folder, 'b.db')), []);
    const namesake = join(temporaryFolder(), 'a.db');
    writeFileSync(namesake, '');
    assert.notEqual(statSync(namesake).ino, statSync(path).ino);
    assert.deepEqual(fileUsers(namesake), []);
    removeFolder(join(namesake, '..'));
  });

  it('does not count this process, nor a missing file, nor systems without /proc', () => {
    other.end();
    const own = join(folder, 'own.db');
    const file = openSync(own, 'w');
    assert.deepEqual(fileUsers(own), []);
    closeSync(file);
    assert.deepEqual(fileUsers(join(folder, 'none.db')), []);
    assert.deepEqual(fileUsers(path, 'darwin'), []);
    assert.deepEqual(fileUsers(path, 'win32'), []);
  });
});
