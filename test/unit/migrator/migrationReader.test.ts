import assert from 'node:assert/strict';
import { mkdirSync, statSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { MigrationReader } from '../../../src/migrator/migrationReader';
import { removeFolder, temporaryFolder } from '../../support/sqliteFiles';

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
});
