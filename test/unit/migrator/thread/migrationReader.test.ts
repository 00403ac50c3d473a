import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  mkdirSync,
  renameSync,
  rmSync,
  statSync,
  truncateSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { Target } from '../../../../src/core/model';
import { readText } from '../../../../src/migrator/textFile';
import { MigrationReader } from '../../../../src/migrator/thread/migrationReader';
import { removeFolder, temporaryFolder } from '../../../support/sqliteFiles';

describe('MigrationReader', () => {
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => removeFolder(folder));

  it('reads a file again that was replaced in its place with its old time and size', () => {
    const migrations = join(folder, 'migrations');
    const file = join(migrations, '001_a.sql');
    mkdirSync(migrations);
    const write = (text: string): number => {
      writeFileSync(file, text);
      utimesSync(file, 1_000_000_000, 1_000_000_000);
      return statSync(file).ctimeMs;
    };
    const target = { database: join(folder, 'app.db'), folders: [migrations] } as const;
    const reader = new MigrationReader();
    const text = (): string => reader.read(target).migrations[0].up.text;
    const before = write('CREATE TABLE a (x);');
    assert.equal(text(), 'CREATE TABLE a (x);');
    assert.equal(reader.read(target), reader.read(target), 'not read again');
    while (write('CREATE TABLE b (x);') === before) {
      // The clock of the file system has not ticked yet.
    }
    assert.equal(text(), 'CREATE TABLE b (x);');
  });

  it('sees that a file has moved to another of its folders', () => {
    const folders = ['one', 'other'].map((name) => join(folder, name));
    folders.forEach((path) => mkdirSync(path));
    const [from, to] = folders.map((path) => join(path, '002_b.sql'));
    writeFileSync(join(folders[0], '001_a.sql'), 'CREATE TABLE a (x);');
    writeFileSync(from, 'CREATE TABLE b (x);');
    const target = { database: join(folder, 'app.db'), folders };
    const reader = new MigrationReader();
    const paths = (): string[] => reader.read(target).migrations.map(({ up }) => up.file);
    assert.deepEqual(paths(), [join(folders[0], '001_a.sql'), from]);
    renameSync(from, to);
    assert.deepEqual(paths(), [join(folders[0], '001_a.sql'), to]);
  });

  const targetOf = (name: string): Target => {
    const migrations = join(folder, name);
    mkdirSync(migrations, { recursive: true });
    return { database: join(folder, 'app.db'), folders: [migrations] };
  };

  it('refuses more in all than it may take in, before it reads any of it', () => {
    const target = targetOf('migrations');
    for (const id of ['001_a', '002_b', '003_c', '004_d']) {
      const file = join(target.folders[0], `${id}.sql`);
      writeFileSync(file, '');
      truncateSync(file, 100 * 1024 * 1024); // sparse: it takes no room
    }
    const before = process.memoryUsage().rss;
    assert.throws(() => new MigrationReader().read(target), {
      code: 'migrations.tooMuch',
      params: {
        folder: target.folders[0],
        bytes: 400 * 1024 * 1024,
        limit: 256 * 1024 * 1024,
      },
    });
    const grown = process.memoryUsage().rss - before;
    assert.ok(grown < 64 * 1024 * 1024, `${grown} bytes more`);
  });

  it('counts what several folders of one database have together', () => {
    const [a, b] = ['a', 'b'].map(targetOf);
    writeFileSync(join(a.folders[0], '001_a.sql'), 'SELECT 1;'.padEnd(60));
    writeFileSync(join(b.folders[0], '002_b.sql'), 'SELECT 2;'.padEnd(60));
    const reader = new MigrationReader(100);
    assert.equal(reader.read(a).migrations.length, 1);
    const both = { ...a, folders: [...a.folders, ...b.folders] };
    assert.throws(() => reader.read(both), { code: 'migrations.tooMuch' });
  });

  it('keeps no more of many folders than one may have', () => {
    const targets = ['a', 'b', 'c'].map(targetOf);
    for (const { folders } of targets) {
      writeFileSync(join(folders[0], '001_a.sql'), 'SELECT 1;'.padEnd(60));
    }
    const reader = new MigrationReader(130);
    const [first, , third] = targets.map((target) => reader.read(target));
    assert.equal(reader.read(targets[2]), third);
    assert.notEqual(reader.read(targets[0]), first, 'forgotten for the third');
    assert.deepEqual(reader.read(targets[0]), first);
  });

  it('does not wait for a pipe that is put in the place of a file', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    const file = join(targetOf('migrations').folders[0], '001_a.sql');
    execFileSync('mkfifo', [file]);
    assert.throws(() => readText(file), /not a regular file/);
    rmSync(file);
    writeFileSync(file, 'SELECT 1;');
    assert.throws(() => readText(file, 8), /grown/);
    assert.equal(readText(file, 9), 'SELECT 1;');
  });
});
