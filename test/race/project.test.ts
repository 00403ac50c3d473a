import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import type { RunEvent } from '../../src/core/run/runEvents';
import type { MigratorClient } from '../../src/migrator/client';
import { condition } from '../../src/workspace/projectState';
import type { Project } from '../../src/workspace/project';
import { Scratch } from '../support/scratch';
import { slowMigrations } from '../support/slowStep';
import { startMigrator } from '../support/startMigrator';
import { until } from '../support/until';
import { windowProject } from '../support/windowProject';

describe('a project, with a real migrator process', () => {
  let scratch: Scratch;
  let opened: { dispose(): void }[];
  let client: MigratorClient;
  let project: Project;

  beforeEach(() => {
    scratch = new Scratch();
    opened = [];
    [client, project] = openWindow('shop');
  });
  afterEach(() => {
    opened.forEach((thing) => thing.dispose());
    scratch.dispose();
  });

  /** What a window has: a migrator of its own and a project on the same files. */
  function openWindow(workspace: string): [MigratorClient, Project] {
    const migrator = startMigrator();
    const made = windowProject(scratch, migrator, { workspace });
    opened.push(made, migrator);
    return [migrator, made];
  }

  const kind = (of = project): string => condition(of.state).kind;
  const all = { kind: 'all' } as const;

  /** Starts a run and waits until its slow step runs. */
  async function startSlow(of = project): Promise<{ result: ReturnType<Project['run']> }> {
    const result = of.run('up', all);
    await until(() => of.state.run?.migration?.id === '002_slow');
    return { result };
  }

  it('shows what is pending, runs, and shows what was applied by whom', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '002_b': 'CREATE TABLE b (x);' });
    await project.refresh();
    assert.deepEqual(condition(project.state), { kind: 'pending', count: 2 });

    const events: RunEvent['type'][] = [];
    project.onRunEvent(({ type }) => events.push(type));
    const result = await project.run('up', all);
    assert.equal(result.outcome, 'done');
    assert.equal(kind(), 'upToDate');
    assert.deepEqual(
      project.state.status?.history.map(({ migration }) => migration.id),
      ['002_b', '001_a'],
    );
    assert.equal(project.state.status?.history[0]?.log?.holder.workspace, 'shop');
    assert.equal(events.filter((type) => type === 'stepDone').length, 2);
    assert.equal(project.state.run, undefined);
  });

  it('fires no change when a look finds nothing new', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    await project.refresh();
    let changes = 0;
    project.onDidChange(() => changes++);
    await project.refresh();
    await project.refreshLock();
    assert.equal(changes, 0);
  });

  it('shows step and migration while it runs, and ends when cancelled', async () => {
    scratch.migrate(slowMigrations());
    const { result } = await startSlow();
    assert.equal(project.isRunning, true);
    assert.equal(project.state.run?.step, 2);
    assert.equal(project.state.run?.steps, 3);
    project.cancel();
    assert.equal((await result).outcome, 'cancelled');
    assert.equal(project.isRunning, false);
    assert.deepEqual(condition(project.state), { kind: 'pending', count: 2 });
  });

  it('shows another window at work, and what it did afterwards', async () => {
    scratch.migrate(slowMigrations());
    const [, other] = openWindow('blog');
    const { result } = await startSlow(other);
    await project.refresh();
    assert.equal(kind(), 'locked');
    const { lock } = project.state;
    assert.equal(lock.kind === 'held' && lock.holder?.workspace, 'blog');
    assert.equal(lock.kind === 'held' && lock.holder?.progress?.migration, '002_slow');
    await result;
    await until(() => kind() === 'upToDate');
    assert.equal(project.state.status?.history.length, 3);
  });

  it('notices by itself that a holder was killed, which changes no file', async () => {
    scratch.migrate(slowMigrations());
    const [migrator, other] = openWindow('blog');
    const { result } = await startSlow(other);
    await project.refreshLock();
    assert.equal(kind(), 'locked');
    process.kill(migrator.pid!, 'SIGKILL');
    await result;
    await until(() => project.state.lock.kind === 'stale');
    await until(() => kind() === 'stale');
  });

  it('waits for another window and names it', async () => {
    scratch.migrate(slowMigrations());
    const [, other] = openWindow('blog');
    const { result } = await startSlow(other);
    const waited = project.run('up', all);
    await until(() => kind() === 'waiting');
    const waiting = project.state.run?.waiting;
    assert.equal(waiting?.holder?.workspace, 'blog');
    await result;
    const { outcome, applied, holder } = await waited;
    assert.deepEqual([outcome, applied.length, holder?.workspace], ['done', 0, 'blog']);
  });

  it('survives the end of its migrator, and says so', async () => {
    scratch.migrate(slowMigrations());
    const { result } = await startSlow();
    process.kill(client.pid!, 'SIGKILL');
    const { outcome, error } = await result;
    assert.deepEqual([outcome, error?.code], ['failed', 'migrator.crashed']);
    assert.equal(kind(), 'failed');
    assert.equal(project.state.status?.pending.length, 2);
  });

  it('shows a failure until the migration or the database changes', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '002_b': 'INSERT INTO nope VALUES (1);' });
    const failed = async (): Promise<void> => {
      await project.run('up', all);
      assert.equal(kind(), 'failed');
      await project.refresh();
      assert.equal(kind(), 'failed', 'a look that finds nothing new');
    };
    await failed();
    assert.equal(project.state.lastResult?.error?.place?.line, 1);
    await project.migrationsChanged();
    assert.equal(kind(), 'pending');

    await failed();
    scratch.exec("INSERT INTO schema_migrations VALUES ('002')");
    await project.refresh();
    assert.equal(kind(), 'upToDate');
  });

  it('shows the failure of a run that changed something, also after one that worked', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    assert.equal((await project.run('up', all)).outcome, 'done');
    scratch.migrate({ '002_b': 'CREATE TABLE b (x);', '003_c': 'INSERT INTO nope VALUES (1);' });
    await project.migrationsChanged();
    assert.equal((await project.run('up', all)).outcome, 'failed');
    assert.equal(kind(), 'failed');
    assert.equal(project.state.lastResult?.applied.length, 1);
  });

  it('shows why it cannot look, and recovers', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' }).write({ 'app.db': 'x'.repeat(4096) });
    await project.refresh();
    assert.equal(kind(), 'unreadable');
    scratch.write({ 'app.db': '' });
    await project.refresh();
    assert.equal(kind(), 'pending');
  });

  it('lists backups and restores one: what was applied since is pending again', async () => {
    scratch.exec('CREATE TABLE t (v); INSERT INTO t VALUES (1)');
    scratch.migrate({ '001_a': 'CREATE TABLE a (x); UPDATE t SET v = 2;' });
    await project.refresh();
    assert.deepEqual(await project.backups(), []);
    await project.run('up', all);
    const [backup] = await project.backups();
    assert.deepEqual(backup.reason, { kind: 'up', migration: '001_a' });

    const kinds = new Set<string>();
    project.onDidChange(() => kinds.add(kind()));
    const restoring = project.restore(backup);
    assert.ok(project.isRunning);
    const result = await restoring;
    assert.equal(result.outcome, 'done', JSON.stringify(result));
    assert.ok(kinds.has('running'));
    assert.deepEqual(condition(project.state), { kind: 'pending', count: 1 });
    assert.deepEqual(scratch.values('SELECT v FROM t'), [1]);
    assert.equal((await project.backups()).length, 2);

    const gone = await project.restore({ ...backup, name: 'other.backup' });
    assert.deepEqual([gone.outcome, gone.error?.code], ['invalid', 'backup.unknown']);
    assert.equal(project.isRunning, false);
  });

  it('cancels a restore that waits, and survives the end of its migrator in one', async () => {
    scratch.exec('CREATE TABLE t (v)');
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    await project.run('up', all);
    const [backup] = await project.backups();
    const foreign = new DatabaseSync(scratch.database);
    foreign.exec('BEGIN IMMEDIATE');
    /** In an object, since a promise would be waited for. */
    const waits = async (): Promise<{ result: ReturnType<Project['restore']> }> => {
      const result = project.restore(backup);
      await until(() => project.state.run?.waiting !== undefined);
      return { result };
    };
    const first = await waits();
    project.cancel();
    assert.equal((await first.result).outcome, 'cancelled');
    const second = await waits();
    process.kill(client.pid!, 'SIGKILL');
    const { outcome, error } = await second.result;
    assert.deepEqual([outcome, error?.code], ['failed', 'migrator.crashed']);
    foreign.close();
    assert.equal((await project.restore(backup)).outcome, 'done');
  });
});
