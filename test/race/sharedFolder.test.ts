import assert from 'node:assert/strict';
import {
  chmodSync,
  chownSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { RunResult } from '../../src/core/run/runEvents';
import type { Mark } from '../../src/core/run/runningMark';
import { defaultBackupOptions } from '../../src/core/model';
import { BackupFolder } from '../../src/migrator/backupFolder';
import { FileMarkStore } from '../../src/migrator/sidecar';
import { makeBackup } from '../../src/migrator/thread/backup';
import { loadEngine } from '../../src/sqlite/engines';
import { Cli, resultOf } from '../support/cliProcess';
import { useScratch } from '../support/scratch';
import { useService } from '../support/service';

const nobody = 65534;
const other = 65533;

/** What another user of the machine can do in a folder that both may write in. */
describe('a folder shared with another user', () => {
  const scratch = useScratch();
  const service = useService();
  let sidecar: string;

  before(function () {
    if (process.getuid?.() !== 0) {
      console.warn('    skipped: files and processes of another user take root to make');
      this.skip();
    }
  });
  beforeEach(() => {
    sidecar = join(scratch.folder, '.lockstep');
    chmodSync(scratch.folder, 0o1777);
    scratch.exec('CREATE TABLE secrets (x); INSERT INTO secrets VALUES (1)');
    chmodSync(scratch.database, 0o600);
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
  });

  const run = () => service.run(scratch.request({ backup: defaultBackupOptions }));
  const makeSidecar = (mode: number, uid: number, gid: number): void => {
    mkdirSync(sidecar);
    chownSync(sidecar, uid, gid);
    chmodSync(sidecar, mode);
  };
  const refused = ({ outcome, error }: RunResult, message: RegExp): void => {
    assert.notEqual(outcome, 'done');
    assert.equal(error?.code, 'backup.failed');
    assert.match(String(error.params.message), message);
    assert.deepEqual(readdirSync(sidecar), []);
  };

  it('gets no backup into a .lockstep that is another user’s', async () => {
    makeSidecar(0o755, nobody, nobody);
    refused(await run(), /belongs to another user/);
    assert.deepEqual(scratch.rows("SELECT 1 FROM sqlite_schema WHERE name = 'a'"), []);
  });

  it('gets none either where we are no root', async () => {
    makeSidecar(0o777, other, other);
    chownSync(scratch.database, nobody, nobody);
    const args = ['migrate', '--database', 'app.db', '--migrations', 'migrations', '--json'];
    const end = await Cli.run(args, { cwd: scratch.folder, uid: nobody });
    refused(resultOf(end), /belongs to another user/);
  });

  it('gets none into one that others may write in', async () => {
    for (const [mode, gid] of [
      [0o777, 0],
      [0o1777, 0],
      [0o775, nobody],
    ] as const) {
      makeSidecar(mode, 0, gid);
      refused(await run(), /may write in/);
      renameSync(sidecar, `${sidecar}.${mode}`);
    }
  });

  it('has no log, no backup and no down migration in one of another user’s', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE a (x);' });
    assert.equal((await run()).outcome, 'done');
    const { target } = scratch.request();
    const before = await service.status(target);
    assert.ok(before.history[0].log);
    assert.equal((await service.backups(target)).length, 1);
    chownSync(sidecar, nobody, nobody);
    const after = await service.status(target);
    assert.equal(after.history.length, 1);
    assert.equal(after.history[0].log, undefined);
    assert.deepEqual(await service.backups(target), []);
  });

  it('works for root in the folder of the database’s owner', async () => {
    makeSidecar(0o755, nobody, nobody);
    chownSync(scratch.database, nobody, nobody);
    assert.equal((await run()).outcome, 'done');
    assert.equal((await service.backups(scratch.request().target)).length, 1);
  });

  it('works in a team’s folder, whoever of it was first', async () => {
    chownSync(scratch.folder, other, other);
    chmodSync(scratch.folder, 0o2775);
    chownSync(scratch.database, nobody, other);
    chmodSync(scratch.database, 0o664);
    makeSidecar(0o2775, 4711, other);
    assert.equal((await run()).outcome, 'done');
    chmodSync(scratch.database, 0o644); // not the team's any more
    scratch.migrate({ '002_b': 'CREATE TABLE b (x);' });
    assert.equal((await run()).error?.code, 'backup.failed');
  });

  it('reads of the log, the marks and the backups what it may read of the database', async () => {
    const modeOf = (name: string): string => {
      const { mode, uid, gid } = statSync(join(sidecar, name));
      return `${(mode & 0o777).toString(8)} ${uid}:${gid}`;
    };
    const modes = (): string[] => [
      modeOf('.'),
      modeOf('app.db.log.jsonl'),
      ...readdirSync(sidecar)
        .filter((name) => /backup$|running.json$/.test(name))
        .map(modeOf),
    ];
    const mask = process.umask(0o022);
    try {
      assert.equal((await run()).outcome, 'done');
      const marks = new FileMarkStore(new BackupFolder(scratch.database).sidecar);
      assert.ok(marks.create({ migration: { id: 'x' } } as Mark));
      assert.deepEqual(modes(), ['700 0:0', ...Array(3).fill('600 0:0')]);
      chmodSync(join(sidecar, 'app.db.log.jsonl'), 0o644); // as it was made once
      scratch.migrate({ '002_b': 'SELECT 1;' });
      marks.remove();
      chownSync(scratch.database, nobody, other);
      assert.equal((await run()).outcome, 'done');
      assert.equal(modeOf('app.db.log.jsonl'), `600 ${nobody}:${other}`);
      chmodSync(scratch.database, 0o640);
      scratch.migrate({ '003_c': 'CREATE TABLE c (x);' });
      assert.equal((await run()).outcome, 'done');
      assert.equal(modeOf('.'), `750 ${nobody}:${other}`);
      assert.equal(modeOf('app.db.log.jsonl'), `640 ${nobody}:${other}`);
    } finally {
      process.umask(mask);
    }
  });

  for (const [name, bytes] of [
    ['small', 0],
    ['large', 12_000_000],
  ] as const) {
    it(`gets neither a copy nor a file of ours by swapping names (${name})`, async () => {
      scratch.exec(`CREATE TABLE large (x); INSERT INTO large VALUES (zeroblob(${bytes}))`);
      chownSync(scratch.database, nobody, nobody);
      makeSidecar(0o755, nobody, nobody);
      const victim = join(scratch.folder, '.profile');
      // SQLite itself would refuse to write over what is no database, but not over an empty file.
      const text = bytes > 0 ? '' : 'mine';
      writeFileSync(victim, text, { mode: 0o600 });
      const stolen = join(sidecar, 'stolen');
      const { copies } = await loadEngine('native', '');
      const swap = (): void => {
        const made = readdirSync(sidecar).find((file) => file.endsWith('.tmp'))!;
        renameSync(join(sidecar, made), stolen);
        symlinkSync(victim, join(sidecar, made));
      };
      const job = {
        path: scratch.database,
        folder: new BackupFolder(scratch.database),
        reason: { kind: 'restore' },
        proceed: () => undefined,
      } as const;
      const swapping: typeof copies = {
        ...copies,
        copy: (...args) => {
          swap();
          return copies.copy(...args);
        },
      };
      await assert.rejects(makeBackup({ ...job, copies: swapping }), { code: 'backup.failed' });
      assert.equal(readFileSync(victim, 'utf8'), text);
      assert.equal(statSync(victim).mode & 0o777, 0o600);
      assert.equal(statSync(stolen).mode & 0o777, 0o600);
      assert.equal(statSync(stolen).size, 0);
    });
  }
});
