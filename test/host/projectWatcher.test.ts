import assert from 'node:assert/strict';
import { symlinkSync, unlinkSync } from 'node:fs';
import { mkdir, rmdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { condition } from '../../src/workspace/projectState';
import type { Project } from '../../src/workspace/project';
import { ProjectWatcher } from '../../src/workspace/watchers';
import { Scratch } from '../support/scratch';
import { until } from '../support/until';
import { windowProject } from '../support/windowProject';
import { hostMigrator } from './support/hostMigrator';

describe('following the files of a project outside the workspace', () => {
  let scratch: Scratch;
  let opened: { dispose(): void }[];
  beforeEach(() => {
    scratch = new Scratch();
    opened = [];
  });
  afterEach(() => {
    opened.forEach((thing) => thing.dispose());
    scratch.dispose();
  });

  /** A project that is followed, looked at once, with its watchers settled. */
  async function follow(database = scratch.database): Promise<Project> {
    const client = hostMigrator();
    const project = windowProject(scratch, client, { database });
    opened.push(new ProjectWatcher(project), project, client);
    await project.refresh();
    return project;
  }

  /** Changes something again and again until it is seen: a new watcher needs a moment. */
  async function seen(change: () => unknown, isSeen: () => boolean): Promise<void> {
    for (let round = 0; !isSeen(); round++) {
      if (round % 20 === 0) {
        await change();
      }
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }

  const pending = ({ state }: Project): number | undefined => state.status?.pending.length;

  it('sees a new migration', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    const project = await follow();
    assert.equal(pending(project), 1);
    await seen(
      () => scratch.migrate({ '002_b': 'CREATE TABLE b (x);' }),
      () => pending(project) === 2,
    );
  });

  it('sees a migration whose name ends in capitals', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    const target = { database: scratch.database, folders: [scratch.migrations] };
    let read = 0;
    const project = {
      state: { target },
      isRunning: true,
      onDidChange: () => ({ dispose: () => undefined }),
      migrationsChanged: () => Promise.resolve(read++),
    };
    opened.push(new ProjectWatcher(project as unknown as Project));
    let round = 0;
    await seen(
      () => scratch.write({ 'migrations/002_B.SQL': `-- ${round++}` }),
      () => read > 0,
    );
  });

  it('misses nothing while its watchers are still deaf', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    const project = await follow();
    scratch.migrate({ '002_b': 'CREATE TABLE b (x);' });
    await until(() => pending(project) === 2);
  });

  it('sees what another program writes, in WAL mode too', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '002_b': 'CREATE TABLE b (x);' });
    scratch.exec(
      'PRAGMA journal_mode = WAL; CREATE TABLE schema_migrations (version TEXT PRIMARY KEY)',
    );
    const project = await follow();
    assert.equal(pending(project), 2);
    await seen(
      () => scratch.exec("INSERT OR REPLACE INTO schema_migrations VALUES ('001')"),
      () => pending(project) === 1,
    );
  });

  it('sees the lock come and go', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' }).exec('CREATE TABLE app (x)');
    const project = await follow();
    const lock = `${scratch.database}.lock`;
    await seen(
      () => mkdir(lock).catch(() => undefined),
      () => project.state.lock.kind !== 'free',
    );
    await rmdir(lock);
    await until(() => project.state.lock.kind === 'free');
  });

  it('sees what happens to the database behind a link', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    scratch.exec('CREATE TABLE schema_migrations (version TEXT PRIMARY KEY)');
    await mkdir(join(scratch.folder, 'links'));
    const link = join(scratch.folder, 'links', 'linked.db');
    symlinkSync(scratch.database, link);
    const project = await follow(link);
    assert.equal(project.state.status?.path, scratch.database);
    await seen(
      () => scratch.exec("INSERT OR REPLACE INTO schema_migrations VALUES ('001')"),
      () => condition(project.state).kind === 'upToDate',
    );
    unlinkSync(link);
  });

  it('leaves other files in the folder alone', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    const project = await follow();
    await seen(
      () => scratch.migrate({ '002_b': 'CREATE TABLE b (x);' }),
      () => pending(project) === 2,
    );
    // The looks that make up for a new watcher's deafness are over by then.
    await new Promise((resolve) => setTimeout(resolve, 7000));
    let looks = 0;
    project.refresh = () => Promise.resolve(void looks++);
    await writeFile(join(scratch.folder, 'other.txt'), 'x');
    await new Promise((resolve) => setTimeout(resolve, 1500));
    assert.equal(looks, 0);
  });
});
