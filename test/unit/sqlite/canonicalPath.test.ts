import assert from 'node:assert/strict';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import { join, relative } from 'node:path';
import { canonicalPath } from '../../../src/sqlite/databaseFile';
import { removeFolder, temporaryFolder } from '../../support/sqliteFiles';

describe('canonicalPath', () => {
  let folder: string;
  beforeEach(() => {
    folder = temporaryFolder();
    mkdirSync(join(folder, 'real'));
    symlinkSync('real', join(folder, 'way'), 'junction');
  });
  afterEach(() => removeFolder(folder));

  it('resolves the folders of a file that does not exist', () => {
    assert.equal(canonicalPath(join(folder, 'way', 'a.db')), join(folder, 'real', 'a.db'));
  });

  it('takes a relative path from the working folder', () => {
    const path = relative(process.cwd(), join(folder, 'way', 'a.db'));
    assert.equal(canonicalPath(path), join(folder, 'real', 'a.db'));
  });

  it('resolves a link to the file it leads to, also where that does not exist', () => {
    symlinkSync(join('way', 'a.db'), join(folder, 'link.db'));
    assert.equal(canonicalPath(join(folder, 'link.db')), join(folder, 'real', 'a.db'));
    writeFileSync(join(folder, 'real', 'a.db'), '');
    assert.equal(canonicalPath(join(folder, 'link.db')), join(folder, 'real', 'a.db'));
  });

  it('follows several dangling links', () => {
    symlinkSync('b.db', join(folder, 'a.db'));
    symlinkSync(join('way', 'c.db'), join(folder, 'b.db'));
    symlinkSync(join('..', 'd.db'), join(folder, 'real', 'c.db'));
    assert.equal(canonicalPath(join(folder, 'a.db')), join(folder, 'd.db'));
  });

  it('says when there is no folder', () => {
    const code = 'database.folderMissing';
    assert.throws(() => canonicalPath(join(folder, 'none', 'a.db')), { code });
    writeFileSync(join(folder, 'file'), '');
    assert.throws(() => canonicalPath(join(folder, 'file', 'a.db')), { code });
    symlinkSync(join('none', 'a.db'), join(folder, 'dangling.db'));
    assert.throws(() => canonicalPath(join(folder, 'dangling.db')), { code });
  });

  it('says when links go round', () => {
    symlinkSync('b.db', join(folder, 'a.db'));
    symlinkSync('a.db', join(folder, 'b.db'));
    assert.throws(() => canonicalPath(join(folder, 'a.db')), { code: 'database.io' });
  });
});
