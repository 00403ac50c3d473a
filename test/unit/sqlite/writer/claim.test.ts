import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import fs, { mkdirSync, readdirSync, symlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { processIdentity } from '../../../../src/system/process';
import { DatabaseClaimed } from '../../../../src/core/connection';
import { isClaimed } from '../../../../src/sqlite/fileWriters';
import { Claim } from '../../../../src/sqlite/writer/claim';
import { NativeConnectionFactory } from '../../../../src/sqlite/native/nativeConnection';
import { nativeSqlite } from '../../../../src/sqlite/native/nativeModule';
import { removeFolder, temporaryFolder } from '../../../support/sqliteFiles';

describe('Claim', () => {
  const self = processIdentity();
  let folder: string;
  let database: string;
  beforeEach(() => {
    folder = temporaryFolder();
    database = join(folder, 'a.db');
  });
  afterEach(() => removeFolder(folder));

  /** A process of this machine that is gone. */
  function dead(): typeof self {
    const { pid } = spawnSync(process.execPath, ['-e', '']);
    return { ...self, pid, started: '1' };
  }

  function leave(name: string, owner: object | string, ageMs = 0): void {
    const path = join(folder, name);
    writeFileSync(path, typeof owner === 'string' ? owner : JSON.stringify(owner));
    const then = (Date.now() - ageMs) / 1000;
    utimesSync(path, then, then);
  }

  it('is had by one at a time and leaves nothing', () => {
    const claim = Claim.take(database, self)!;
    assert.deepEqual(readdirSync(folder), ['a.db.lockstep-claim-1']);
    assert.equal(isClaimed(database), true);
    assert.equal(Claim.take(database, self), undefined);
    assert.equal(claim.isAlone(), true);
    claim.release();
    assert.deepEqual(readdirSync(folder), []);
    assert.equal(isClaimed(database), false);
  });

  it('succeeds dead ones and removes what they left', () => {
    leave('a.db.lockstep-claim-1', { ...dead(), token: 'one' });
    leave('a.db.lockstep-claim-4', { ...dead(), token: 'four' });
    leave('a.db.lockstep-own-five', { ...dead(), token: 'five' });
    leave('a.db.lockstep-own-six', { ...self, token: 'six' });
    leave('a.db.lockstep-own-seven', '');
    leave('a.db.lockstep-new-four', 'half a database');
    leave('b.db.lockstep-claim-1', { ...self, token: 'other database' });
    assert.equal(isClaimed(database), false);
    const claim = Claim.take(database, self)!;
    assert.deepEqual(readdirSync(folder), [
      'a.db.lockstep-claim-1',
      'a.db.lockstep-claim-2',
      'a.db.lockstep-claim-4',
      'a.db.lockstep-own-six',
      'b.db.lockstep-claim-1',
    ]);
    claim.release();
    assert.deepEqual(readdirSync(folder), ['a.db.lockstep-own-six', 'b.db.lockstep-claim-1']);
  });

  it('respects a living one among dead ones', () => {
    leave('a.db.lockstep-claim-1', { ...dead(), token: 'one' });
    leave('a.db.lockstep-claim-2', { ...self, token: 'two' });
    assert.equal(Claim.take(database, self), undefined);
    assert.equal(isClaimed(database), true);
    assert.equal(readdirSync(folder).length, 2);
  });

  const unknown = [
    ['from elsewhere, however dead its pid is here', { machine: 'elsewhere', token: 'one' }],
    ['that cannot be read', undefined],
  ] as const;
  for (const [which, owner] of unknown) {
    it(`gives one ${which} a minute, whatever its clock says`, () => {
      const word = owner ? { ...dead(), ...owner } : '';
      for (const age of [50_000, -50_000]) {
        leave('a.db.lockstep-claim-1', word, age);
        assert.equal(isClaimed(database), true);
        assert.equal(Claim.take(database, self), undefined);
      }
      for (const age of [70_000, -70_000, -1e12]) {
        leave('a.db.lockstep-claim-1', word, age);
        assert.equal(isClaimed(database), false);
        Claim.take(database, self)!.release();
        assert.deepEqual(readdirSync(folder), []);
      }
    });
  }

  it('that took too long elsewhere is told so, and removes nothing', () => {
    const slow = Claim.take(database, { ...self, machine: 'elsewhere' })!;
    const then = Date.now() / 1000 - 70;
    utimesSync(join(folder, 'a.db.lockstep-claim-1'), then, then);
    assert.equal(slow.isAlone(), true);
    const successor = Claim.take(database, self)!;
    assert.equal(slow.isAlone(), false);
    successor.release();
    assert.equal(slow.isAlone(), false);
  });

  it('is no link, wherever it leads, and no folder', function () {
    mkdirSync(join(folder, 'a.db.lockstep-claim-1'));
    assert.equal(isClaimed(database), false);
    if (process.platform === 'win32') {
      this.skip();
    }
    leave('living', { ...self, token: 'living' });
    symlinkSync('nowhere', join(folder, 'a.db.lockstep-claim-2'));
    symlinkSync('living', join(folder, 'a.db.lockstep-claim-3'));
    assert.equal(isClaimed(database), false);
    Claim.take(database, self)!.release();
    assert.deepEqual(readdirSync(folder), ['a.db.lockstep-claim-1', 'living']);
  });

  it('finds a number whatever numbers are taken', () => {
    for (const number of [1, 2, Number.MAX_SAFE_INTEGER]) {
      leave(`a.db.lockstep-claim-${number}`, { ...dead(), token: `${number}` });
    }
    Claim.take(database, self)!.release();
    assert.deepEqual(readdirSync(folder), []);
  });

  it('of one that was taken for dead removes no successor under a predecessor’s number', () => {
    leave('a.db.lockstep-claim-1', { ...dead(), token: 'one' });
    const slow = Claim.take(database, { ...self, machine: 'elsewhere' })!;
    const then = Date.now() / 1000 - 70;
    utimesSync(join(folder, 'a.db.lockstep-claim-2'), then, then);
    Claim.take(database, self)!.release();
    const later = Claim.take(database, self)!;
    assert.deepEqual(readdirSync(folder), ['a.db.lockstep-claim-1']);
    slow.release();
    assert.equal(later.isAlone(), true);
  });

  /** Has one of the system's calls fail from its `nth` time on. */
  function failing(call: 'openSync' | 'readdirSync', nth: number, act: () => void): void {
    const real = fs[call] as (...values: unknown[]) => unknown;
    let times = 0;
    const trap = (...values: unknown[]): unknown => {
      if (++times >= nth) {
        throw Object.assign(new Error(`EMFILE: too many open files, ${call}`), { code: 'EMFILE' });
      }
      return real(...values);
    };
    Object.assign(fs, { [call]: trap });
    try {
      act();
    } finally {
      Object.assign(fs, { [call]: real });
    }
  }

  for (const look of [2, 3]) {
    it(`is not kept where look ${look} at the folder fails while it is taken`, () => {
      failing('readdirSync', look, () =>
        assert.throws(() => Claim.take(database, self), { code: 'EMFILE' }),
      );
      assert.deepEqual(readdirSync(folder), []);
    });
  }

  it('is given back where no file can be opened any more', () => {
    const claim = Claim.take(database, self)!;
    failing('openSync', 1, () => claim.release());
    assert.deepEqual(readdirSync(folder), []);
  });

  it('notices a successor, and removes nothing of it', () => {
    const claim = Claim.take(database, self)!;
    leave('a.db.lockstep-claim-2', { ...self, token: 'two' });
    assert.equal(claim.isAlone(), false);
    claim.release();
    assert.deepEqual(readdirSync(folder), ['a.db.lockstep-claim-2']);
  });

  it('removes nothing under its number that is not its own', () => {
    const claim = Claim.take(database, self)!;
    leave('a.db.lockstep-claim-1', { ...self, token: 'another' });
    assert.equal(claim.isAlone(), false);
    claim.release();
    assert.deepEqual(readdirSync(folder), ['a.db.lockstep-claim-1']);
  });

  it('of the dead is removed by a writer that has SQLite’s own lock', () => {
    leave('a.db.lockstep-claim-1', { ...dead(), token: 'one' });
    leave('a.db.lockstep-own-two', { ...dead(), token: 'two' });
    leave('a.db.lockstep-new-one', 'half a database');
    const connection = new NativeConnectionFactory(database, nativeSqlite()!).open({
      foreignKeys: false,
    });
    try {
      connection.exec('BEGIN IMMEDIATE');
      connection.exec('CREATE TABLE t (x)');
      connection.exec('COMMIT');
    } finally {
      connection.close();
    }
    assert.deepEqual(readdirSync(folder), ['a.db']);
  });

  it('is given back where what others left cannot be removed', () => {
    leave('a.db.lockstep-own-two', { ...dead(), token: 'two' });
    const then = Date.now() / 1000 - 3600;
    for (const name of ['a.db.lockstep-claim-1', 'a.db.lockstep-new-one']) {
      mkdirSync(join(folder, name));
      utimesSync(join(folder, name), then, then);
    }
    for (const attempt of [1, 2]) {
      const connection = new NativeConnectionFactory(database, nativeSqlite()!).open({
        foreignKeys: false,
      });
      try {
        connection.exec('BEGIN IMMEDIATE');
        connection.exec(`CREATE TABLE t${attempt} (x)`);
        connection.exec('COMMIT');
      } finally {
        connection.close();
      }
    }
    assert.equal(isClaimed(database), false);
    assert.deepEqual(readdirSync(folder), [
      'a.db',
      'a.db.lockstep-claim-1',
      'a.db.lockstep-new-one',
    ]);
  });

  it('of the living keeps a writer out that has SQLite’s own lock, and stays', () => {
    const claim = Claim.take(database, self)!;
    const connection = new NativeConnectionFactory(database, nativeSqlite()!).open({
      foreignKeys: false,
    });
    try {
      assert.throws(() => connection.exec('BEGIN IMMEDIATE'), DatabaseClaimed);
      assert.equal(claim.isAlone(), true);
    } finally {
      connection.close();
    }
  });
});
