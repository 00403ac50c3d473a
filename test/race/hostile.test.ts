import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { defaultBackupOptions } from '../../src/core/model';
import type { ErrorInfo, LockstepError } from '../../src/core/errors';
import type { RunRequest } from '../../src/core/run/runRequest';
import type { MigratorClient } from '../../src/migrator/client';
import { Cli, objects } from '../support/cliProcess';
import type { CliEnd } from '../support/cliProcess';
import { Scratch } from '../support/scratch';
import { startMigrator } from '../support/startMigrator';

/** What a workspace, a database or a lock's card of a stranger may hold. */
describe('hostile input', () => {
  let scratch: Scratch;
  let outside: Scratch;
  let client: MigratorClient;
  let crashes: number;

  before(() => {
    client = startMigrator();
    client.onDidCrash(() => crashes++);
  });
  after(() => client.dispose());
  beforeEach(() => {
    crashes = 0;
    scratch = new Scratch();
    outside = new Scratch();
  });
  afterEach(() => {
    assert.equal(crashes, 0, 'the migrator crashed');
    assert.deepEqual(outside.names(), [], 'something was written outside');
    scratch.dispose();
    outside.dispose();
  });

  const cli = (...args: string[]): Promise<CliEnd> =>
    Cli.run([...args, '--json'], { cwd: scratch.folder });
  const named = ['--database', 'app.db', '--migrations', 'migrations'];
  const run = (change: Partial<RunRequest> = {}) => client.ask('run', scratch.request(change));
  const status = () => client.ask('status', scratch.request().target);
  const discover = () =>
    client.ask('discover', { roots: [scratch.folder], stated: [], exclude: [], environment: {} });

  /** Window and terminal refuse with the same word. */
  async function refused(code: string): Promise<ErrorInfo> {
    const result = await run();
    assert.equal(result.error?.code, code, JSON.stringify(result));
    const end = await cli('migrate', ...named);
    assert.ok(end.code && end.code <= 4, JSON.stringify(end));
    const last = objects(end).at(-1) as unknown as { error?: ErrorInfo; code?: string };
    assert.equal(last.error?.code ?? last.code, code, end.out);
    await status().catch((error) => assert.equal((error as LockstepError).code, code));
    return result.error;
  }

  async function done(change: Partial<RunRequest> = {}): Promise<void> {
    const result = await run(change);
    assert.equal(result.outcome, 'done', JSON.stringify(result));
  }

  describe('in the database', () => {
    beforeEach(() => scratch.migrate({ '001_a': 'CREATE TABLE a (x);' }));

    for (const [what, sql] of Object.entries({
      'a view that never ends': `CREATE VIEW schema_migrations AS
        WITH RECURSIVE n(version) AS (SELECT 1 UNION ALL SELECT version + 1 FROM n)
        SELECT version FROM n;`,
      'a view that takes rows and keeps none': `CREATE VIEW schema_migrations AS SELECT '' AS version;
        CREATE TRIGGER t INSTEAD OF INSERT ON schema_migrations BEGIN SELECT 1; END;`,
      'a table with a trigger': `CREATE TABLE secrets (x); INSERT INTO secrets VALUES (1);
        CREATE TABLE schema_migrations (version varchar(128) PRIMARY KEY);
        CREATE TRIGGER t AFTER INSERT ON schema_migrations BEGIN DELETE FROM secrets; END;`,
      'a virtual table': `CREATE VIRTUAL TABLE schema_migrations USING fts5(version);`,
      'a table with a column that is computed': `CREATE TABLE schema_migrations
        (version varchar(128) PRIMARY KEY, x AS (abs(-9223372036854775807 - length(version))));`,
    })) {
      it(`refuses a history that is ${what}`, async () => {
        scratch.exec(sql);
        await refused('history.foreign');
        assert.equal((await status()).error?.code, 'history.foreign');
        assert.deepEqual(scratch.values("SELECT 1 FROM sqlite_schema WHERE name = 'a'"), []);
        if (sql.includes('secrets')) {
          assert.deepEqual(scratch.values('SELECT x FROM secrets'), [1]);
        }
      });
    }

    it('shows versions that are no numbers, and cuts none', async () => {
      const versions = ['../../x', 'a\nb', '\u202ecod', '<img src=x>', '$(x)', 'v'.repeat(1e6), ''];
      scratch.exec('CREATE TABLE schema_migrations (version varchar(128) primary key)');
      const db = new DatabaseSync(scratch.database);
      const insert = db.prepare('INSERT INTO schema_migrations VALUES (?)');
      versions.forEach((version) => insert.run(version));
      db.close();
      const { history } = await status();
      assert.equal(history.length, versions.length);
      const { out, code } = await Cli.run(['status', ...named], { cwd: scratch.folder });
      assert.equal(code, 0);
      assert.ok(out.length < 10_000 && !out.includes('\u202e'));
      await done();
    });

    it('does not load extensions, whatever a trigger asks', async () => {
      scratch.exec(`CREATE TABLE b (x);
        CREATE TRIGGER t AFTER INSERT ON b BEGIN SELECT load_extension('/tmp/x.so'); END;`);
      scratch.migrate({ '001_a': 'INSERT INTO b VALUES (1);' });
      const { params } = await refused('sql.failed');
      assert.match(String(params.message), /unsafe use|not authorized|no such function/);
    });

    it('says that a schema is broken', async () => {
      const db = new DatabaseSync(scratch.database, { defensive: false });
      db.exec(`CREATE TABLE b (x); PRAGMA writable_schema = 1;
        UPDATE sqlite_schema SET sql = 'CREATE TABLE b (' WHERE name = 'b';`);
      db.close();
      const { look, error } = await status();
      assert.equal(look.state, 'unreadable', JSON.stringify(error));
      await refused('database.io');
    });

    it('survives a file with any bytes in it', async () => {
      scratch.exec(
        `CREATE TABLE schema_migrations (version varchar(128) primary key);
        CREATE TABLE b (x UNIQUE); INSERT INTO b SELECT hex(randomblob(99)) FROM generate_series(1, 99)`.replace(
          'generate_series(1, 99)',
          '(VALUES (1), (2), (3))',
        ),
      );
      const good = readFileSync(scratch.database);
      const damage = fc.array(fc.tuple(fc.nat(good.length - 1), fc.nat(255)), { maxLength: 30 });
      await fc.assert(
        fc.asyncProperty(damage, fc.nat(good.length), async (changes, length) => {
          const bytes = Buffer.from(good);
          changes.forEach(([at, byte]) => (bytes[at] = byte));
          writeFileSync(scratch.database, bytes.subarray(0, length % 3 ? undefined : length));
          await status();
          const { outcome } = await run();
          assert.ok(['done', 'failed', 'invalid', 'refused', 'timeout'].includes(outcome));
        }),
        { numRuns: 30 },
      );
    });
  });

  describe('in place of a file', () => {
    const pipe = (name: string): void => void execFileSync('mkfifo', [join(scratch.folder, name)]);

    beforeEach(() => scratch.migrate({ '001_a': 'CREATE TABLE a (x);' }));

    it('refuses a pipe, a folder, a device as database', async () => {
      pipe('app.db');
      await refused('database.notADatabase');
      await discover();
      scratch.dispose();
      scratch = new Scratch().migrate({ '001_a': '' });
      mkdirSync(scratch.database);
      await refused('database.notADatabase');
      scratch.dispose();
      scratch = new Scratch().migrate({ '001_a': '' });
      symlinkSync('/dev/zero', scratch.database);
      await refused('database.notADatabase');
      await discover();
    });

    it('refuses links that go in circles', async () => {
      symlinkSync('app.db', scratch.database);
      symlinkSync('.', join(scratch.folder, 'again'));
      symlinkSync('..', join(scratch.migrations, 'up'));
      await refused('database.io');
      await discover();
    });

    for (const [what, make] of Object.entries({
      'a pipe': () => pipe('migrations/002_b.sql'),
      'a device': () => symlinkSync('/dev/zero', join(scratch.migrations, '002_b.sql')),
      'a link to nowhere': () => symlinkSync('nowhere', join(scratch.migrations, '002_b.sql')),
      'a link in a circle': () => symlinkSync('002_b.sql', join(scratch.migrations, '002_b.sql')),
      'too large': () => {
        scratch.migrate({ '002_b': '' });
        truncateSync(join(scratch.migrations, '002_b.sql'), 2 ** 40);
      },
    })) {
      it(`refuses a migration that is ${what}`, async () => {
        make();
        const { place } = await refused('migrations.invalid');
        assert.equal(place?.file, join(scratch.migrations, '002_b.sql'));
        await discover();
        assert.deepEqual(scratch.names(), ['migrations']);
      });
    }

    it('takes no migration from a folder below', async () => {
      mkdirSync(join(scratch.migrations, '002_b.sql'));
      mkdirSync(join(scratch.migrations, 'old'));
      scratch.migrate({ 'old/000_z': 'CREATE TABLE z (x);' });
      pipe('migrations/old/003_c.sql');
      await done();
      assert.deepEqual(scratch.versions(), ['001']);
    });

    it('does not wait for pipes beside the database', async () => {
      scratch.exec('CREATE TABLE b (x)');
      mkdirSync(join(scratch.folder, '.lockstep'));
      for (const name of [
        '.env',
        'app.db.lock.json',
        'app.db.lockstep-claim-1',
        '.lockstep/app.db.running.json',
        '.lockstep/app.db.log.jsonl',
      ]) {
        pipe(name);
      }
      assert.deepEqual((await status()).pending.length, 1);
      await discover();
      assert.equal((await cli('status')).code, 0);
      // The claim is taken for one just made; that of a pipe is nobody's and grows old.
      const result = await run({ wait: { attemptMs: 500, totalMs: 500, staleMs: 60_000 } });
      assert.ok(['done', 'timeout'].includes(result.outcome), JSON.stringify(result));
    });

    it('writes through no link of ours', async () => {
      const victim = join(scratch.folder, 'victim');
      writeFileSync(victim, 'mine');
      mkdirSync(join(scratch.folder, '.lockstep'));
      symlinkSync(victim, join(scratch.folder, '.lockstep', 'app.db.log.jsonl'));
      symlinkSync(victim, join(scratch.folder, '.lockstep', 'app.db.running.json'));
      symlinkSync(victim, join(scratch.folder, 'app.db.lock.json'));
      scratch.migrate({ '002_b': 'VACUUM;' });
      const result = await run();
      assert.equal(result.outcome, 'done', JSON.stringify(result));
      assert.deepEqual(
        result.findings.map(({ code }) => code),
        ['logUnwritable'],
      );
      assert.equal(readFileSync(victim, 'utf8'), 'mine');
    });

    it('makes nothing in a folder that .lockstep links to', async () => {
      symlinkSync(outside.folder, join(scratch.folder, '.lockstep'));
      await done();
      // From now on there is something to lose, so there would be a backup.
      scratch.migrate({ '002_b': 'CREATE TABLE b (x);' });
      await refused('backup.failed');
      scratch.migrate({ '002_b': 'VACUUM;' });
      const { error } = await run({ backup: { ...defaultBackupOptions, keep: 0 } });
      assert.equal(error?.code, 'run.marksUnwritable');
    });

    it('does not read a log without end', async () => {
      await done();
      truncateSync(join(scratch.folder, '.lockstep', 'app.db.log.jsonl'), 2 ** 40);
      assert.equal((await status()).history.length, 1);
      scratch.migrate({ '002_b': '' });
      await done();
    });

    it('believes no mark and no log line', async () => {
      scratch.exec('CREATE TABLE b (x)');
      mkdirSync(join(scratch.folder, '.lockstep'));
      const text = '[x](command:evil) <img src=x> \u202e\n'.repeat(200);
      await fc.assert(
        fc.asyncProperty(fc.anything(), fc.anything(), async (a, b) => {
          const mark = {
            ...{ migration: { id: text, version: '9', name: a }, direction: b },
            ...{ owner: { pid: b, host: a, machine: text }, statement: a, persisted: 1, failed: b },
          };
          const json = JSON.stringify(mark, (_key, value: unknown) =>
            typeof value === 'bigint' ? String(value) : value,
          );
          scratch.write({
            '.lockstep/app.db.running.json': json,
            '.lockstep/app.db.log.jsonl': `${json}\n{"v":1,"version":"001"}\n{"v":2,"version":7}\n`,
          });
          const { mark: seen } = await status();
          assert.equal(typeof seen?.statement, 'number');
        }),
        { numRuns: 20 },
      );
      const { out } = await Cli.run(['status', ...named], { cwd: scratch.folder });
      assert.ok(out.length < 5000 && !out.includes('\u202e'));
      await refused('run.interrupted');
    });

    it('is not impressed by a holder’s card of a megabyte', async () => {
      mkdirSync(`${scratch.database}.lock`);
      const workspace = '[click](command:evil) **x** '.repeat(40_000);
      const card = { token: 'x'.repeat(32), pid: 1, kind: 'window', workspace };
      scratch.write({ 'app.db.lock.json': JSON.stringify(card) });
      const { lock } = await status();
      assert.ok(JSON.stringify(lock).length < 2000, JSON.stringify(lock).slice(0, 3000));
      const { out } = await Cli.run(['lock', ...named], { cwd: scratch.folder });
      assert.ok(out.length < 2000);
    });

    it('fills no memory from .env', async () => {
      const lines = Array.from({ length: 60 }, (_, i) => `A${i + 1}=$A${i}$A${i}`);
      scratch.write({
        '.env': `A0=xxxxxxxxxx\n${lines.join('\n')}\nDATABASE_URL=sqlite:$A60\n`,
      });
      await discover();
      const { code, out } = await cli('status');
      assert.ok(code !== null && !out.includes('"internal"'), out);
    });
  });

  describe('in a migration', () => {
    beforeEach(() => scratch.exec('CREATE TABLE b (x)'));

    for (const engine of ['native', 'sqljs'] as const) {
      it(`reaches no file outside (${engine})`, async () => {
        for (const sql of [
          `ATTACH '${outside.folder}/x.db' AS x; CREATE TABLE x.y (z);`,
          `/* */ attach database "${outside.folder}/x.db" AS x;`,
          `VACUUM INTO '${outside.folder}/x.db';`,
          `ATTACH '${outside.folder}' || '/x.db' AS x;`,
          `ATTACH 'file:${outside.folder}/x.db' AS x;`,
          `ATTACH 'file:${scratch.database}?vfs=unix-none' AS x;`,
          `ATTACH '${scratch.database}' AS x;`,
          `PRAGMA temp_store_directory = '${outside.folder}';`,
          `EXPLAIN PRAGMA temp_store_directory = '${outside.folder}';`,
          `EXPLAIN QUERY PLAN PRAGMA data_store_directory('${outside.folder}');`,
          'PRAGMA hard_heap_limit = 100000;',
        ]) {
          scratch.migrate({ '001_a': 'CREATE TABLE a (x);', '002_b': `SELECT 1;\n  ${sql}` });
          const result = await run({ engine, wait: { attemptMs: 1, totalMs: 1, staleMs: 60_000 } });
          const { error, outcome } = result;
          assert.deepEqual([outcome, error?.code], ['refused', 'sql.outside'], sql);
          assert.equal(error?.place?.line, 2);
          assert.deepEqual(result.applied, []);
        }
        const end = await cli('migrate', ...named, '--engine', engine);
        assert.equal(end.code, 4);
      });
    }

    it('reaches files inside, and others where the person allows it', async () => {
      scratch.migrate({
        '001_a': `ATTACH '${scratch.folder}/other.db' AS o; CREATE TABLE o.t (x);`,
        '002_b': `VACUUM INTO '${scratch.folder}/copy.db';`,
      });
      await done();
      assert.ok(existsSync(join(scratch.folder, 'copy.db')));
      const elsewhere = new Scratch();
      try {
        scratch.migrate({
          '003_c': `ATTACH '${elsewhere.folder}/x.db' AS o; CREATE TABLE o.t (x);`,
        });
        await refused('sql.outside');
        assert.equal((await cli('migrate', ...named, '--allow-outside')).code, 0);
        scratch.migrate({ '004_d': `VACUUM INTO '${elsewhere.folder}/y.db';` });
        await done({ fileAccess: { folders: [elsewhere.folder] } });
        assert.deepEqual(elsewhere.names(), ['x.db', 'y.db']);
      } finally {
        elsewhere.dispose();
      }
    });

    it('refuses what SQLite would read as something else', async () => {
      for (const [text, column] of [
        ['SELECT 1;\0DROP TABLE b;', 10],
        [Buffer.from("INSERT INTO b VALUES ('caf\xe9');", 'latin1'), 27],
        [Buffer.from("\ufeffINSERT INTO b VALUES ('\ud800');", 'utf16le'), 24],
      ] as const) {
        scratch.migrate({ '001_a': '' });
        writeFileSync(join(scratch.migrations, '001_a.sql'), text);
        const { place } = await refused('migrations.invalid');
        assert.equal(place?.column, column, String(text));
      }
      assert.deepEqual(scratch.values('SELECT x FROM b'), []);
      writeFileSync(
        join(scratch.migrations, '001_a.sql'),
        Buffer.from("-- caf\xe9\nINSERT INTO b VALUES ('x');", 'latin1'),
      );
      await done();
    });

    it('takes any bytes for a migration', async () => {
      await fc.assert(
        fc.asyncProperty(fc.uint8Array({ maxLength: 200 }), async (bytes) => {
          scratch.migrate({ '001_a': '' });
          writeFileSync(join(scratch.migrations, '001_a.sql'), bytes);
          const { outcome, error } = await run({ transaction: 'each' });
          assert.ok(['done', 'failed', 'invalid', 'refused'].includes(outcome));
          assert.notEqual(error?.code, 'internal', JSON.stringify(error));
        }),
        { numRuns: 60 },
      );
    });

    it('runs 100 MB in one line', async () => {
      const size = 100 * 1024 * 1024;
      scratch.migrate({ '001_a': `INSERT INTO b VALUES ('${'x'.repeat(size)}');` });
      await done();
      assert.deepEqual(scratch.values('SELECT length(x) FROM b'), [size]);
      const end = await cli('status', ...named);
      assert.equal(end.code, 0);
      assert.ok(end.out.length < 5000);
    });

    it('says where 100 MB in one line are wrong', async () => {
      const size = 100 * 1024 * 1024;
      scratch.migrate({ '001_a': `INSERT INTO b VALUES ('${'x'.repeat(size)}) ` });
      const { error } = await run();
      assert.equal(error?.code, 'migrations.invalid');
      assert.ok(JSON.stringify(error).length < 5000);
    });

    it('plans and runs 10,000 migrations', async () => {
      scratch.migrate(
        Object.fromEntries(
          Array.from({ length: 10_000 }, (_, i) => [
            `${10_000 + i}_x`,
            `INSERT INTO b VALUES (${i});`,
          ]),
        ),
      );
      assert.equal((await status()).pending.length, 10_000);
      await done();
      assert.deepEqual(scratch.values('SELECT count(*) FROM b'), [10_000]);
      assert.equal((await status()).pending.length, 0);
    });
  });

  describe('in a name', () => {
    it('shows names with line breaks, bidi marks and 255 bytes in one line', async () => {
      const names = [
        '001_a\nb',
        '002_\u202egpj',
        '003_[x](command:evil)',
        '004_$(trash)',
        '005_\u001b[31mred',
        `006_${'n'.repeat(255 - '006_.sql'.length)}`,
      ];
      scratch.migrate(Object.fromEntries(names.map((name) => [name, 'SELECT 1;'])));
      scratch.exec('CREATE TABLE b (x)');
      const before = await Cli.run(['status', ...named], { cwd: scratch.folder });
      await done();
      const after = await Cli.run(['status', ...named], { cwd: scratch.folder });
      for (const { out } of [before, after]) {
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(out, /[\u202e\u001b]|^b/m);
      }
      assert.equal(scratch.versions().length, names.length);
    });

    it('says what is wrong with a database name that leaves no room for a journal', async () => {
      scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
      const target = {
        database: join(scratch.folder, `${'d'.repeat(252)}.db`),
        folders: [scratch.migrations],
      };
      const { outcome, error } = await run({ target });
      assert.notEqual(outcome, 'done');
      assert.notEqual(error?.code, 'internal', JSON.stringify(error));
      await client.ask('status', target);
    });

    it('says to the terminal where a migration was made, and no escape sequence with it', async () => {
      const env = 'DATABASE_URL=sqlite:app.db\nDBMATE_MIGRATIONS_DIR=m\u001b]0;title\u0007\n';
      scratch.write({ '.env': env });
      const { code, out, err } = await Cli.run(['new', 'x'], { cwd: scratch.folder });
      assert.equal(code, 0, err);
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(out, /[\u0000-\u0009\u000b-\u001f]/);
    });

    it('creates no migration outside its folder', async () => {
      scratch.migrate({ '001_a': '' });
      const { target } = scratch.request();
      for (const name of [
        '../../evil',
        'a\nb',
        '\u202e',
        '/etc/x',
        'n'.repeat(5000),
        '..',
        '\0',
        '\ud800',
      ]) {
        const { files } = await client.ask('newMigration', { target, name });
        files.forEach((file) => assert.match(file, /[\\/]migrations[\\/][\w-]+\.sql$/));
      }
      assert.deepEqual(scratch.names(), ['migrations']);
      assert.equal(readdirSync(scratch.migrations).length, 9);
      assert.notEqual(
        (await run({ goal: { kind: 'to', id: '../../etc/passwd' } })).outcome,
        'done',
      );
    });
  });
});
