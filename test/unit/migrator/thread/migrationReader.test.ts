import assert from 'node:assert/strict';
import { mkdirSync, renameSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
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
});
