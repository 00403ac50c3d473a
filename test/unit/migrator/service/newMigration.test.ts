import assert from 'node:assert/strict';
import { mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { newMigration } from '../../../../src/migrator/service/newMigration';

describe('newMigration', () => {
  const now = new Date('2026-11-21T10:11:12Z');
  let root: string;
  beforeEach(async () => {
    root = await mkdtemp(join(tmpdir(), 'lockstep-new-'));
  });
  afterEach(() => rm(root, { recursive: true }));

  const create = async (
    name: string,
    files: Record<string, string>,
    folders = ['migrations'],
  ): Promise<string[]> => {
    for (const folder of Object.keys(files).length > 0 ? folders : []) {
      await mkdir(join(root, folder), { recursive: true });
    }
    for (const [file, text] of Object.entries(files)) {
      await writeFile(join(root, folders.at(-1)!, file), text);
    }
    const target = {
      database: join(root, 'app.db'),
      folders: folders.map((folder) => join(root, folder)),
    };
    const result = await newMigration({ target, name }, now);
    return [...result.files.map((path) => basename(path)), `${result.line}:${result.column}`];
  };

  it('begins a folder that does not exist', async () => {
    assert.deepEqual(await create('Initial schema!', {}), ['001_initial_schema.sql', '1:1']);
    assert.deepEqual(await readdir(join(root, 'migrations')), ['001_initial_schema.sql']);
  });
  it('goes on in the folder’s own style, also for dbmate', async () => {
    const created = await create('add users', { '20260101000000_x.sql': '-- migrate:up\n' });
    assert.deepEqual(created, ['20261121101112_add_users.sql', '2:1']);
    assert.match(
      await readFile(join(root, 'migrations', created[0]), 'utf8'),
      /^-- migrate:up\n[^]*-- migrate:down/,
    );
  });
  it('writes both files where the folder keeps down migrations', async () => {
    assert.deepEqual(await create('x', { '007_a.up.sql': '', '007_a.down.sql': '' }), [
      '008_x.up.sql',
      '008_x.down.sql',
      '1:1',
    ]);
  });
  it('writes into the first of several folders and counts in all', async () => {
    assert.deepEqual(await create('x', { '004_a.sql': '' }, ['one', 'two']), ['005_x.sql', '1:1']);
    assert.deepEqual(await readdir(join(root, 'one')), ['005_x.sql']);
  });
  it('does not mind broken migrations', async () => {
    assert.deepEqual(
      await create('x', { '001_a.sql': "'", '002_b.down.sql': '', '003_c.sql': '-- +goose Up' }),
      ['004_x.sql', '1:1'],
    );
  });
  it('leaves neither file where one exists already, and overwrites none', async () => {
    // Not seen as a migration, but in the way.
    await mkdir(join(root, 'migrations', '008_x.down.sql'), { recursive: true });
    const files = { '007_a.up.sql': '', '007_a.down.sql': '' };
    await assert.rejects(create('x', files), { code: 'migrations.unwritable' });
    assert.deepEqual((await readdir(join(root, 'migrations'))).sort(), [
      '007_a.down.sql',
      '007_a.up.sql',
      '008_x.down.sql',
    ]);
  });
  it('two at the same moment: one file, and one of them is told', async () => {
    const results = await Promise.allSettled([create('x', {}), create('x', {}), create('x', {})]);
    const done = results.filter(({ status }) => status === 'fulfilled').length;
    assert.equal((await readdir(join(root, 'migrations'))).length, done);
  });
  it('cannot leave the folder by its name', async () => {
    assert.deepEqual(await create('../../etc/passwd', {}), ['001_etc_passwd.sql', '1:1']);
  });
});
