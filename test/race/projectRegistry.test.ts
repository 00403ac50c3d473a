import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { defaultWaitLimits } from '../../src/core/run/runRequest';
import type { MigratorClient } from '../../src/migrator/client';
import { ProjectRegistry } from '../../src/workspace/projectRegistry';
import { Scratch } from '../support/scratch';
import { slowMigrations } from '../support/slowStep';
import { startMigrator } from '../support/startMigrator';
import { until } from '../support/until';

describe('the registry of projects, with a real migrator process', () => {
  let scratch: Scratch;
  let roots: string[];
  let registry: ProjectRegistry;
  let client: MigratorClient;

  beforeEach(() => {
    scratch = new Scratch();
    roots = [scratch.folder];
    client = startMigrator();
    registry = new ProjectRegistry(client, {
      discoverRequest: () => ({ roots, stated: [], exclude: [] }),
      runOptions: () => ({
        owner: { kind: 'window', version: '0' },
        engine: 'auto',
        wait: defaultWaitLimits,
        transaction: 'each',
      }),
      isTrusted: () => true,
    });
  });
  afterEach(() => {
    registry.dispose();
    client.dispose();
    scratch.dispose();
  });

  afterEach(() => assert.equal(registry.search.error, undefined));

  const names = (): string[] => registry.projects.map(({ name }) => name);

  it('starts no process where there is nowhere to search', async () => {
    roots = [];
    await registry.rediscover();
    assert.equal(client.pid, undefined);
    assert.deepEqual(registry.projects, []);
    assert.ok(registry.search.found);
  });

  it('looks at what it finds, and keeps the same project when it is found again', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' }).exec('CREATE TABLE app (x)');
    await registry.rediscover();
    const [project] = registry.projects;
    assert.equal(project?.name, 'app.db');
    assert.equal(project.state.status?.pending.length, 1);
    await registry.rediscover();
    assert.equal(registry.projects[0], project);
  });

  it('drops a project whose migrations are gone', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' }).exec('CREATE TABLE app (x)');
    await registry.rediscover();
    rmSync(scratch.migrations, { recursive: true });
    await registry.rediscover();
    assert.deepEqual(names(), []);
    assert.deepEqual(registry.search.found?.unpaired, [scratch.database]);
  });

  it('pairs anew when the database of a proposal comes into being', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    await registry.rediscover();
    const [project] = registry.projects;
    assert.equal(project?.state.target.because, 'create');
    await project.run('up', { kind: 'all' });
    await until(() => registry.projects[0]?.state.target.because === 'history');
    assert.equal(registry.projects.length, 1);
  });

  it('keeps a project that runs until its run has ended, whatever a search says', async () => {
    scratch.migrate(slowMigrations()).exec('CREATE TABLE app (x)');
    await registry.rediscover();
    const [project] = registry.projects;
    const result = project.run('up', { kind: 'all' });
    await until(() => project.state.run?.migration?.id === '002_slow');
    roots = [];
    await registry.rediscover();
    assert.equal(registry.projects[0], project);
    project.cancel();
    assert.equal((await result).outcome, 'cancelled');
    await until(() => registry.projects.length === 0);
  });

  it('starts migrations for a database that has none', async () => {
    scratch.exec('CREATE TABLE app (x)');
    await registry.rediscover();
    assert.deepEqual(names(), []);
    const target = { database: scratch.database, folders: [join(scratch.folder, 'migrations')] };
    const { files } = await registry.startMigrations(target, 'add users');
    assert.equal(files.length > 0, true);
    await until(() => registry.projects.length === 1);
  });
});
