import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import {
  appendFileSync,
  chmodSync,
  existsSync,
  mkdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { DiscoveredTarget } from '../../src/migrator/protocol';
import { condition } from '../../src/workspace/projectState';
import type { Project } from '../../src/workspace/project';
import { commitOnBranch, git, gitRepository, needsGit } from '../support/gitRepository';
import { Scratch } from '../support/scratch';
import { startMigrator } from '../support/startMigrator';
import { until } from '../support/until';
import { windowProject } from '../support/windowProject';

const all = { kind: 'all' } as const;

describe('files and database that do not agree, with a real migrator process', () => {
  let scratch: Scratch;
  let opened: { dispose(): void }[];
  let project: Project;

  beforeEach(() => {
    scratch = new Scratch();
    opened = [];
    project = openWindow('shop');
  });
  afterEach(() => {
    opened.forEach((thing) => thing.dispose());
    scratch.dispose();
  });

  function openWindow(
    workspace: string,
    isTrusted = true,
    onSearch: () => void = () => undefined,
  ): Project {
    const migrator = startMigrator();
    const ask = migrator.ask.bind(migrator);
    migrator.ask = (operation, ...more) => {
      if (operation === 'locateMissingFiles') {
        onSearch();
      }
      return ask(operation, ...more);
    };
    const made = windowProject(scratch, migrator, { workspace, isTrusted: () => isTrusted });
    opened.push(made, migrator);
    return made;
  }

  /** The state of each applied migration's file, oldest first. */
  const files = (of = project): string[] =>
    (of.state.status?.history ?? []).map(({ file }) => file).reverse();
  const logLines = (): string[] =>
    readFileSync(join(scratch.folder, '.lockstep', 'app.db.log.jsonl'), 'utf8')
      .split('\n')
      .filter(Boolean);
  const apply = async (migrations: Record<string, string>): Promise<void> => {
    scratch.migrate(migrations);
    const result = await project.run('up', all);
    assert.equal(result.outcome, 'done', JSON.stringify(result));
  };
  const isCode = (code: string) => (error: unknown) => {
    assert.equal((error as { code: string }).code, code);
    return true;
  };

  describe('an edited file', () => {
    const table = 'CREATE TABLE a (x);\n';

    it('shows what ran beside what the file says', async () => {
      await apply({ '001_a': table, '001_a.down': 'DROP TABLE a;' });
      scratch.migrate({ '001_a': 'CREATE TABLE a (x, y);\n' });
      await project.refresh();
      assert.deepEqual(files(), ['edited']);
      const { ran, now, state, migration } = await project.drift.readAppliedSource('001');
      assert.deepEqual(
        [state, migration.id, ran?.sql, ran?.reversible, now?.sql, now?.isWholeFile],
        ['edited', '001_a', table.trim(), true, 'CREATE TABLE a (x, y);', true],
      );
      assert.equal(now?.file, join(scratch.migrations, '001_a.sql'));
    });

    it('is accepted by the run log alone, until it is edited again', async () => {
      await apply({ '001_a': table, '002_b': 'CREATE TABLE b (x);' });
      const before = readFileSync(scratch.database);
      const { at } = project.state.status!.history[1].log!;
      scratch.migrate({ '001_a': 'CREATE TABLE "a" (x);\n' });
      await project.refresh();
      assert.deepEqual(files(), ['edited', 'unchanged']);
      const { now } = await project.drift.readAppliedSource('001');
      await project.drift.acceptEdited('001', now!.checksum);
      assert.deepEqual(files(), ['unchanged', 'unchanged']);
      assert.deepEqual(readFileSync(scratch.database), before);
      assert.equal(logLines().length, 3);
      const { log } = project.state.status!.history[1];
      assert.equal(log?.at, at, 'it did not run again');
      assert.ok(log?.accepted);
      const fresh = openWindow('another');
      await fresh.refresh();
      assert.deepEqual(files(fresh), ['unchanged', 'unchanged']);

      scratch.migrate({ '001_a': 'CREATE TABLE "a" (x, y);\n' });
      await project.refresh();
      assert.deepEqual(files(), ['edited', 'unchanged']);
      assert.equal(
        (await project.drift.readAppliedSource('001')).ran?.sql,
        table.trim(),
        'what really ran',
      );
      scratch.migrate({ '001_a': table });
      await project.refresh();
      assert.deepEqual(files(), ['unchanged', 'unchanged'], 'put back');
    });

    it('is not accepted when it is no longer what the person saw', async () => {
      await apply({ '001_a': table });
      scratch.migrate({ '001_a': 'CREATE TABLE a (x, y);' });
      const { now } = await project.drift.readAppliedSource('001');
      scratch.migrate({ '001_a': 'CREATE TABLE a (x, y, z);' });
      await assert.rejects(project.drift.acceptEdited('001', now!.checksum), isCode('drift.over'));
      scratch.migrate({ '001_a': table });
      await assert.rejects(project.drift.acceptEdited('001', now!.checksum), isCode('drift.over'));
      assert.equal(logLines().length, 1);
    });

    it('is not accepted for another application of it', async () => {
      await apply({ '001_a': table, '001_a.down': 'DROP TABLE a;' });
      scratch.migrate({ '001_a': 'CREATE TABLE a (x, y);' });
      const { now } = await project.drift.readAppliedSource('001');
      await project.drift.acceptEdited('001', now!.checksum);
      const acceptance = logLines().at(-1)!;
      const other = openWindow('another');
      await other.run('down', all);
      await other.run('up', all);
      scratch.migrate({ '001_a': 'CREATE TABLE a (x, y, z);' });
      // Somebody decided before that, and wrote it late.
      appendFileSync(join(scratch.folder, '.lockstep', 'app.db.log.jsonl'), `${acceptance}\n`);
      await project.refresh();
      assert.deepEqual(files(), ['edited']);
      assert.equal(
        (await project.drift.readAppliedSource('001')).ran?.sql,
        'CREATE TABLE a (x, y);',
      );
    });

    it('says why it cannot be accepted where the log cannot be written', async function () {
      if (process.getuid?.() === 0) {
        return this.skip(); // root writes everywhere
      }
      await apply({ '001_a': table });
      scratch.migrate({ '001_a': 'CREATE TABLE a (x, y);' });
      const { now } = await project.drift.readAppliedSource('001');
      chmodSync(join(scratch.folder, '.lockstep', 'app.db.log.jsonl'), 0o444);
      await assert.rejects(
        project.drift.acceptEdited('001', now!.checksum),
        isCode('log.unwritable'),
      );
    });

    it('is rolled back by the down migration of what ran, and applied again', async () => {
      await apply({ '001_a': table, '001_a.down': 'DROP TABLE a;' });
      scratch.migrate({
        '001_a': 'CREATE TABLE other (x);',
        '001_a.down': 'DROP TABLE other;',
      });
      assert.equal((await project.run('down', all)).outcome, 'done');
      assert.equal((await project.run('up', all)).outcome, 'done');
      const tables = scratch.values("SELECT name FROM sqlite_schema WHERE name IN ('a', 'other')");
      assert.deepEqual(tables, ['other']);
      assert.deepEqual(files(), ['unchanged']);
    });

    it('is tried there and back on a copy before that', async () => {
      await apply({ '001_a': table, '001_a.down': 'DROP TABLE a;', '002_b': '', '002_b.down': '' });
      scratch.exec('INSERT INTO a VALUES (1), (2)');
      scratch.migrate({ '001_a': 'CREATE TABLE a (x, y);' });
      const before = readFileSync(scratch.database);
      const up = { kind: 'to', id: '002_b' } as const;
      const fine = await project.drift.rehearseReapply(all, up);
      assert.deepEqual([fine.verdict, fine.again?.verdict], ['works', 'works']);
      assert.deepEqual([fine.losses.rows, fine.steps.length], [2, 2]);
      scratch.migrate({ '002_b': '\nINSERT INTO nowhere VALUES (1);' });
      const bad = await project.drift.rehearseReapply(all, up);
      assert.deepEqual([bad.verdict, bad.again?.verdict], ['works', 'fails']);
      assert.equal(bad.again?.error?.place?.line, 2);
      assert.deepEqual(readFileSync(scratch.database), before);
    });

    it('is shown by what runs where its file holds more', async () => {
      const text = (up: string): string =>
        `-- migrate:up\n${up}\n\n-- migrate:down\nDROP TABLE a;\n`;
      scratch.write({ 'migrations/20260101000000_a.sql': text('CREATE TABLE a (x);') });
      const target = { ...project.state.target, format: undefined };
      project.setTarget(target as unknown as DiscoveredTarget);
      assert.equal((await project.run('up', all)).outcome, 'done');
      scratch.write({ 'migrations/20260101000000_a.sql': text('CREATE TABLE a (x, y);') });
      const { ran, now } = await project.drift.readAppliedSource('20260101000000');
      assert.deepEqual(
        [ran?.sql, now?.sql, now?.isWholeFile],
        ['CREATE TABLE a (x);', 'CREATE TABLE a (x, y);', false],
      );
    });

    it('is followed up by a migration that says what was changed', async () => {
      await apply({ '001_a': 'CREATE TABLE a (\n  x\n);' });
      scratch.migrate({ '001_a': 'CREATE TABLE a (\n  x,\n  y TEXT\n);' });
      const { files: created, line } = await project.drift.followUp('001', 'add y');
      assert.deepEqual(created, [join(scratch.migrations, '002_add_y.sql')]);
      const text = readFileSync(created[0], 'utf8');
      assert.match(text, /^-- 001_a was changed after it was applied/);
      assert.match(text, /\+ {3}y TEXT/);
      assert.equal(text.split('\n').length, line, 'typing starts below');
      assert.equal((await project.run('up', all)).outcome, 'done');
    });
  });

  describe('a missing file', () => {
    before(function () {
      needsGit(this);
    });

    const table = { '001_a': 'CREATE TABLE a (x);', '001_a.down': 'DROP TABLE a;' };
    const tags = { '002_tags': 'CREATE TABLE tags (x);', '002_tags.down': 'DROP TABLE tags;' };

    async function onBranch(): Promise<void> {
      await apply(table);
      writeFileSync(join(scratch.folder, '.gitignore'), 'app.db*\n');
      gitRepository(scratch.folder);
      await apply(tags);
      commitOnBranch(scratch.folder, 'feature/tags');
      git(scratch.folder, 'switch', '-q', 'main');
      await project.refresh();
      await until(() => project.state.missingFiles !== undefined);
    }

    it('is found on its branch, and the database said to be ahead', async () => {
      await onBranch();
      assert.deepEqual(condition(project.state), {
        kind: 'ahead',
        ahead: { count: 1, of: 'branch' },
      });
      assert.deepEqual(project.state.missingFiles, {
        repository: true,
        files: [{ version: '002', branches: ['feature/tags'] }],
      });
      git(scratch.folder, 'switch', '-q', 'feature/tags');
      await project.refresh();
      assert.equal(condition(project.state).kind, 'upToDate');
      assert.equal(project.state.missingFiles, undefined);
    });

    it('is rolled back by the down migration that was kept', async () => {
      await onBranch();
      assert.equal((await project.run('down', { kind: 'to', id: '001' })).outcome, 'done');
      assert.deepEqual(scratch.versions(), ['001']);
      assert.equal(condition(project.state).kind, 'upToDate');
    });

    it('is restored from its branch, and never over another file', async () => {
      await onBranch();
      const file = join(scratch.migrations, '002_tags.sql');
      const restored = await project.drift.restoreFile('002');
      assert.deepEqual(restored, {
        files: [file, join(scratch.migrations, '002_tags.down.sql')],
        from: 'git',
        branch: 'feature/tags',
      });
      assert.equal(readFileSync(file, 'utf8'), tags['002_tags']);
      assert.deepEqual(files(), ['unchanged', 'unchanged']);
      await assert.rejects(project.drift.restoreFile('002'), isCode('drift.over'));
      rmSync(file);
      await assert.rejects(
        project.drift.restoreFile('002'),
        () => true,
        'its down migration is here',
      );
      assert.ok(!existsSync(file));
    });

    it('is found in the past where no branch has it, also one that the log does not know', async () => {
      await apply(table);
      gitRepository(scratch.folder);
      git(scratch.folder, 'rm', '-q', 'migrations/001_a.sql', 'migrations/001_a.down.sql');
      git(scratch.folder, 'commit', '-q', '-m', 'gone');
      rmSync(join(scratch.folder, '.lockstep'), { recursive: true });
      scratch.migrate({ '005_b': '' });
      await project.refresh();
      await until(() => project.state.missingFiles !== undefined);
      const [found] = project.state.missingFiles!.files;
      assert.equal(found?.removedIn, git(scratch.folder, 'rev-parse', 'HEAD').trim());
      const restored = await project.drift.restoreFile('001');
      assert.equal(restored.from, 'git');
      assert.equal(
        readFileSync(join(scratch.migrations, '001_a.sql'), 'utf8'),
        'CREATE TABLE a (x);',
      );
    });

    it('is restored as this branch has it where only its file was deleted', async () => {
      const old = { '001_a': 'CREATE TABLE a (old);' };
      scratch.migrate(old);
      gitRepository(scratch.folder);
      git(scratch.folder, 'rm', '-q', 'migrations/001_a.sql');
      git(scratch.folder, 'commit', '-q', '-m', 'gone');
      await apply(table);
      git(scratch.folder, 'add', '-A', 'migrations');
      git(scratch.folder, 'commit', '-q', '-m', 'anew');
      git(scratch.folder, 'branch', 'other');
      rmSync(join(scratch.folder, '.lockstep'), { recursive: true });
      ['001_a.sql', '001_a.down.sql'].forEach((name) => rmSync(join(scratch.migrations, name)));
      scratch.migrate({ '005_b': '' });
      await project.refresh();
      await until(() => project.state.missingFiles !== undefined);
      assert.deepEqual(project.state.missingFiles?.files, [{ version: '001', branches: [] }]);
      const { from, branch } = await project.drift.restoreFile('001');
      assert.deepEqual([from, branch], ['git', undefined]);
      assert.equal(
        readFileSync(join(scratch.migrations, '001_a.sql'), 'utf8'),
        'CREATE TABLE a (x);',
      );
    });

    it('is found in another worktree, where it ran', async () => {
      await apply(table);
      writeFileSync(join(scratch.folder, '.gitignore'), 'app.db*\nelsewhere\n');
      gitRepository(scratch.folder);
      const folder = join(scratch.folder, 'elsewhere');
      git(scratch.folder, 'worktree', 'add', '-q', '-b', 'tags', folder);
      scratch.write({ 'elsewhere/migrations/002_tags.sql': 'CREATE TABLE tags (x);' });
      const target = { database: scratch.database, folders: [join(folder, 'migrations')] };
      const client = startMigrator();
      opened.push(client);
      await client.ask('run', scratch.request({ target }));
      await project.refresh();
      await until(() => project.state.missingFiles !== undefined);
      const elsewhere = join(folder, 'migrations', '002_tags.sql');
      assert.deepEqual(project.state.missingFiles?.files, [
        { version: '002', branches: [], elsewhere },
      ]);
      git(folder, 'add', '-A');
      git(folder, 'commit', '-q', '-m', 'tags');
      await project.migrationsChanged();
      await until(() => project.state.missingFiles?.files[0]?.worktree !== undefined);
      assert.deepEqual(project.state.missingFiles?.files[0], {
        version: '002',
        branches: ['tags'],
        worktree: folder,
        elsewhere,
      });
    });

    it('runs nothing that the repository’s configuration names', async () => {
      await apply(table);
      gitRepository(scratch.folder);
      const trace = join(scratch.folder, 'trace');
      const script = join(scratch.folder, 'evil.sh');
      // As gpg would, so that there is a signature to be shown. What is to be signed must be read:
      // git fails when the program has ended before it is written.
      const sign = "cat > /dev/null; echo '[GNUPG:] SIG_CREATED ' >&2; echo signature";
      writeFileSync(script, `#!/bin/sh\necho "$0" >> ${trace}\n${sign}\n`, { mode: 0o755 });
      const { folder } = scratch;
      ['core.pager', 'gpg.program', 'core.sshCommand', 'diff.external'].forEach((name) =>
        git(folder, 'config', name, script),
      );
      git(folder, 'config', 'log.showSignature', 'true');
      git(folder, 'rm', '-q', 'migrations/001_a.sql', 'migrations/001_a.down.sql');
      git(folder, 'commit', '-q', '-S', '-m', 'signed');
      git(folder, 'config', 'core.fsmonitor', script);
      git(folder, 'config', 'core.hooksPath', folder);
      rmSync(trace);
      scratch.migrate({ '005_b': '' });
      const index = readFileSync(join(folder, '.git', 'index'));
      await project.refresh();
      await until(() => project.state.missingFiles !== undefined);
      assert.equal((await project.drift.restoreFile('001')).from, 'git');
      assert.ok(!existsSync(trace), 'nothing of it ran');
      assert.deepEqual(readFileSync(join(folder, '.git', 'index')), index);
    });

    it('is not searched for in a workspace that is not trusted', async () => {
      await onBranch();
      let asked = 0;
      const careful = openWindow('careful', false, () => asked++);
      await careful.refresh();
      await careful.migrationsChanged();
      assert.deepEqual(files(careful), ['unchanged', 'missing']);
      assert.equal(asked, 0);
      const trusting = openWindow('trusting', true, () => asked++);
      await trusting.refresh();
      assert.equal(asked, 1);
    });
  });

  it('restores a file as it ran where there is no git', async () => {
    await apply({
      '001_a': '-- lockstep: transaction:false\nCREATE TABLE a (x);',
      '001_a.down': 'DROP TABLE a;',
    });
    rmSync(join(scratch.migrations, '001_a.sql'));
    rmSync(join(scratch.migrations, '001_a.down.sql'));
    // The folder of the test may be in a repository.
    const here = spawnSync('git', ['-C', scratch.folder, 'rev-parse']).status === 0;
    await project.refresh();
    await until(() => project.state.missingFiles !== undefined);
    assert.equal(project.state.missingFiles?.repository, here);
    assert.deepEqual(condition(project.state), {
      kind: 'ahead',
      ahead: { count: 1, of: here ? 'branch' : 'folder' },
    });
    const { from } = await project.drift.restoreFile('001');
    assert.equal(from, 'log');
    assert.deepEqual(files(), ['unchanged']);
    assert.match(readFileSync(join(scratch.migrations, '001_a.sql'), 'utf8'), /^-- lockstep: tr/);
    assert.equal((await project.run('down', all)).outcome, 'done');
  });

  it('writes no file where a version or a log would have it outside the folder', async () => {
    await apply({ '001_a': 'CREATE TABLE a (x);' });
    const [line] = logLines();
    const entry = JSON.parse(line) as Record<string, unknown>;
    const hostile = ['../../1', '2\n3', '/4'];
    const files = [join(scratch.folder, 'no-number.sql'), '/nowhere/2\n3.sql', '../5.sql'];
    hostile.forEach((version, i) => {
      const forged = JSON.stringify({ ...entry, version, file: files[i] });
      appendFileSync(join(scratch.folder, '.lockstep', 'app.db.log.jsonl'), `${forged}\n`);
    });
    const insert = hostile.map((version) => `('${version}')`).join(', ');
    scratch.exec(`INSERT INTO schema_migrations VALUES ${insert}`);
    await project.refresh();
    const { history } = project.state.status!;
    assert.equal(history.filter(({ file }) => file === 'missing').length, 3);
    for (const version of hostile.slice(0, 2)) {
      await assert.rejects(project.drift.restoreFile(version), isCode('drift.notKept'));
    }
    const other = scratch.write({ 'migrations/5.sql': '-- mine' }).migrations;
    await assert.rejects(project.drift.restoreFile('/4'), isCode('migrations.unwritable'));
    assert.equal(readFileSync(join(other, '5.sql'), 'utf8'), '-- mine');
    rmSync(join(other, '5.sql'));
    const { files: written } = await project.drift.restoreFile('/4');
    assert.deepEqual(written, [join(scratch.migrations, '5.sql')]);
    assert.deepEqual(scratch.names(), ['.lockstep', 'app.db', 'migrations']);
  });

  it('has nothing to restore of a migration that nobody remembers', async () => {
    mkdirSync(scratch.migrations);
    scratch.exec(
      "CREATE TABLE schema_migrations (version varchar(128) primary key); INSERT INTO schema_migrations VALUES ('007')",
    );
    await assert.rejects(project.drift.restoreFile('007'), isCode('drift.notKept'));
    await assert.rejects(project.drift.readAppliedSource('008'), isCode('drift.over'));
    assert.equal((await project.drift.readAppliedSource('007')).ran, undefined);
  });

  describe('a database that has the schema already', () => {
    const made = {
      '001_users': 'CREATE TABLE users (id INTEGER PRIMARY KEY, name TEXT NOT NULL);',
      '002_index': 'CREATE INDEX users_name ON users (name);\nINSERT INTO users (name) VALUES (1);',
      '003_more': 'CREATE TABLE more (x);',
    };
    const schema =
      'create table "users" (id integer primary key, name text not null); create index users_name on users(name);';

    it('is compared with what the migrations make, and left as it is', async () => {
      scratch.migrate(made).exec(`${schema} INSERT INTO users (name) VALUES ('a')`);
      const before = readFileSync(scratch.database);
      const two = await project.drift.compareSchema({ kind: 'to', id: '002_index' });
      assert.deepEqual(
        [two.verdict, two.record.map(({ id }) => id), two.missing, two.error],
        ['same', ['001_users', '002_index'], [], undefined],
      );
      const three = await project.drift.compareSchema(all);
      assert.deepEqual([three.verdict, three.missing], ['differs', ['table more']]);
      assert.match(three.expected, /CREATE TABLE more/);
      assert.doesNotMatch(three.actual, /more/);
      const one = await project.drift.compareSchema({ kind: 'to', id: '001_users' });
      assert.deepEqual([one.verdict, one.extra], ['more', ['index users_name']]);
      assert.deepEqual(readFileSync(scratch.database), before);
      assert.deepEqual(scratch.names(), ['app.db', 'migrations']);
    });

    it('says when it cannot be told what the migrations make', async () => {
      scratch
        .migrate({ '001_users': 'INSERT INTO nowhere VALUES (1);' })
        .exec('CREATE TABLE x (y)');
      const found = await project.drift.compareSchema(all);
      assert.deepEqual([found.verdict, found.error?.code], ['cannot', 'sql.failed']);
    });

    it('is adopted: the history says so, nothing runs, and the log knows', async () => {
      scratch.migrate(made).exec(schema);
      const result = await project.drift.markApplied(['001', '002']);
      assert.equal(result.outcome, 'done', JSON.stringify(result));
      assert.deepEqual(
        result.marked.map(({ id }) => id),
        ['001_users', '002_index'],
      );
      assert.deepEqual(scratch.versions(), ['001', '002']);
      assert.deepEqual(scratch.values('SELECT count(*) FROM users'), [0], 'nothing ran');
      assert.deepEqual(condition(project.state), { kind: 'pending', count: 1 });
      assert.deepEqual(
        project.state.status?.history.map(({ log, file }) => [log?.marked, log?.rows, file]),
        [
          [true, 0, 'unchanged'],
          [true, 0, 'unchanged'],
        ],
      );
      assert.equal((await project.run('up', all)).outcome, 'done');
      assert.deepEqual(scratch.versions(), ['001', '002', '003']);
    });

    it('is adopted once, however many try at the same moment', async () => {
      scratch.migrate(made).exec(schema);
      const windows = [project, openWindow('b'), openWindow('c'), openWindow('d')];
      const results = await Promise.all(
        windows.map((window) => window.drift.markApplied(['001', '002'])),
      );
      assert.ok(
        results.every(({ outcome }) => outcome === 'done'),
        JSON.stringify(results),
      );
      assert.equal(results.flatMap(({ marked }) => marked).length, 2);
      assert.equal(results.flatMap(({ alreadyApplied }) => alreadyApplied).length, 6);
      assert.deepEqual(scratch.versions(), ['001', '002']);
      assert.equal(logLines().length, 2);
    });

    it('records nothing that somebody applied while it waited for SQLite’s lock', async () => {
      scratch.migrate(made).exec('CREATE TABLE app (x)');
      const app = new DatabaseSync(scratch.database);
      app.exec('BEGIN IMMEDIATE');
      const marking = project.drift.markApplied(['001', '002', '003']);
      await until(() => existsSync(`${scratch.database}.lock`));
      app.exec(
        "CREATE TABLE schema_migrations (version varchar(128) primary key); INSERT INTO schema_migrations VALUES ('1'), ('002')",
      );
      app.exec('COMMIT');
      app.close();
      const result = await marking;
      assert.deepEqual(
        [result.marked.map(({ id }) => id), result.alreadyApplied.map(({ id }) => id)],
        [['003_more'], ['001_users', '002_index']],
      );
      assert.deepEqual(scratch.versions(), ['002', '003', '1']);
    });

    it('can be cancelled while it waits, with nothing recorded', async () => {
      scratch.migrate(made).exec('CREATE TABLE app (x)');
      const app = new DatabaseSync(scratch.database);
      app.exec('BEGIN IMMEDIATE');
      const marking = project.drift.markApplied(['001']);
      await until(() => existsSync(`${scratch.database}.lock`));
      project.cancel();
      assert.equal((await marking).outcome, 'cancelled');
      app.exec('ROLLBACK');
      app.close();
      assert.deepEqual(scratch.values('SELECT name FROM sqlite_schema'), ['app']);
      assert.equal(project.isRunning, false);
    });

    it('is not made where there is none, nor while a step is undecided', async () => {
      scratch.migrate(made);
      const missing = await project.drift.markApplied(['001']);
      assert.equal(missing.error?.code, 'database.missing');
      assert.ok(!existsSync(scratch.database));
      await assert.rejects(project.drift.compareSchema(all), isCode('database.missing'));
      scratch.exec('CREATE TABLE app (x)');
      const mark = {
        migration: { version: '009', id: '009_x', name: 'x' },
        direction: 'up',
        statement: 2,
        statements: 3,
        persisted: 1,
        since: '',
        owner: { pid: 1, host: 'h', machine: 'another' },
      };
      scratch.write({ '.lockstep/app.db.running.json': JSON.stringify(mark) });
      const refused = await project.drift.markApplied(['001']);
      assert.equal(refused.error?.code, 'run.interrupted');
      assert.deepEqual(scratch.values('SELECT name FROM sqlite_schema'), ['app']);
    });
  });
});
