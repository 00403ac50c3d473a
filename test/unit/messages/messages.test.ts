import assert from 'node:assert/strict';
import type { ErrorCode, ErrorParams, InvalidReason } from '../../../src/core/errors';
import type { Backup, Finding, Holder } from '../../../src/core/model';
import type { Outcome, RunEvent, RunResult } from '../../../src/core/run/runEvents';
import type { RestoreResult } from '../../../src/core/run/runRequest';
import {
  describeBackupReason,
  describeEvent,
  describeRestore,
  describeResult,
} from '../../../src/messages/run';
import { describeError } from '../../../src/messages/describeError';
import { describeFinding } from '../../../src/messages/drift';
import { describeHolder } from '../../../src/messages/holder';
import {
  duration,
  fileSize,
  type LogLine,
  sanitizeLine,
  type Sentence,
  plainTranslate as t,
} from '../../../src/messages/text';

/** Every code with the parameters it is thrown with; a new code does not compile without. */
const params: Record<ErrorCode, ErrorParams> = {
  'sql.failed': { migration: '003_x', statement: 'INSERT INTO x', message: 'no such table: x' },
  'sql.newer': {
    migration: '003_x',
    statement: 'ALTER',
    message: 'near "x"',
    version: '3.50.0',
    understoodBy: '3.54.1',
  },
  'sql.parameters': { migration: '003_x', statement: 'SELECT ?' },
  'sql.transactionEnded': { migration: '003_x', statement: 'INSERT OR ROLLBACK' },
  'sql.outside': { migration: '003_x', statement: 'ATTACH', file: '/x.db', reason: 'outside' },
  'foreignKeys.violated': { migration: '003_x', table: 'orders', parent: 'users', count: 3 },
  'children.vanished': { migration: '003_x', table: 'orders', before: 3, after: 0 },
  'history.foreign': { table: 'schema_migrations', reason: 'columns' },
  'history.otherTool': { table: 'schema_migrations', tool: 'golang-migrate' },
  'migrations.folderMissing': { folder: '/p/migrations' },
  'migrations.none': { folder: '/p/migrations' },
  'migrations.invalid': { reason: 'no “-- migrate:up” marker' },
  'migrations.duplicate': { version: '003', files: '003_a.sql, 003_b.sql' },
  'migrations.tooMuch': { folder: '/p/migrations', bytes: 7_549_747_200, limit: 268_435_456 },
  'migrations.layout': { layout: 'goose', folder: '/p/migrations' },
  'migrations.unwritable': { folder: '/p/migrations', message: 'EACCES' },
  'database.notADatabase': { path: '/p/app.db' },
  'database.missing': { path: '/p/app.db' },
  'database.folderMissing': { path: '/p/app.db' },
  'database.replaced': { path: '/p/app.db' },
  'database.readOnly': { path: '/p/app.db', message: 'attempt to write a readonly database' },
  'database.full': { path: '/p/app.db', message: 'database or disk is full' },
  'database.io': { path: '/p/app.db', message: 'disk I/O error' },
  'backup.failed': { folder: '/p/.lockstep', message: 'ENOSPC' },
  'backup.unknown': { name: 'x.backup', folder: '/p/.lockstep' },
  'restore.refused': { path: '/p/app.db', name: 'x.backup', reason: 'damaged', message: 'bad' },
  'lock.timeout': { waitedMs: 120_400, attempts: 14, limitMs: 120_000 },
  'lock.live': { pid: 123 },
  'lock.stuck': { path: '/p/app.db.lock', message: 'ENOTDIR' },
  'run.interrupted': { migration: '003_x', statement: 2, statements: 3 },
  'run.marksUnwritable': { folder: '/p/.lockstep', migration: '003_x' },
  'run.notAtomic': { migration: '002_x', needs: 'vacuum' },
  'run.cancelled': {},
  'writer.refused': { path: '/p/app.db', reason: 'wal' },
  'engine.unavailable': { engine: 'native' },
  'goal.unknown': { id: '009' },
  'rollback.noWayBack': { migration: '003_x' },
  'drift.over': { migration: '003_tags', reason: 'again' },
  'drift.notKept': { migration: '003_tags' },
  'log.unwritable': { message: 'EACCES' },
  'rehearsal.cannot': { reason: 'file', detail: 'ATTACH' },
  'target.none': {},
  'target.several': { databases: 'a.db, b.db' },
  'target.untrusted': {},
  usage: { message: 'Unknown option --x' },
  'migrator.crashed': { detail: 'signal SIGKILL' },
  internal: { message: 'boom', stack: 'Error: boom' },
};
const codes = Object.keys(params) as ErrorCode[];

const holder: Holder = {
  kind: 'window',
  workspace: 'shop',
  version: '0.1.0',
  pid: 123,
  host: 'host',
  machine: 'm',
  token: 'x',
  since: new Date(new Date().setHours(12, 3, 11, 0)).toISOString(),
};
const migration = { version: '3', id: '003_x', name: 'x', file: '/p/003_x.sql' };
const done = { migration, direction: 'up', ms: 12.4, rows: 3 } as const;

function clean(sentence: Sentence): void {
  for (const part of [sentence.message, sentence.detail, sentence.advice]) {
    if (part !== undefined) {
      assert.doesNotMatch(part, /undefined|NaN|\[object|null|\{\w+\}/, part);
      assert.doesNotMatch(part, /[\p{Cc}\u202a-\u202e\u2066-\u2069]/u, JSON.stringify(part));
      assert.notEqual(part.trim(), '');
    }
  }
}

describe('messages', () => {
  describe('describeError', () => {
    for (const code of codes) {
      it(`says what happened and what to do: ${code}`, () => {
        const sentence = describeError({ code, params: params[code] }, t);
        clean(sentence);
        assert.doesNotMatch(sentence.message, /\?(?! or)/, 'a parameter was not found');
        if (code !== 'run.cancelled') {
          assert.ok(sentence.advice, 'says what to do next');
        }
      });
      it(`survives missing, hostile and overlong parameters: ${code}`, () => {
        clean(describeError({ code, params: {} }, t, holder));
        const hostile = Object.fromEntries(
          Object.keys(params[code]).map((key) => [key, `{x}\u001b[31m\n\u202e${'y'.repeat(9000)}`]),
        );
        const place = { file: '/p/\u001b]0;x\u0007\n.sql', line: 3, column: 1 };
        const { message, detail = '' } = describeError({ code, params: hostile, place }, t);
        assert.doesNotMatch(message + detail, /[\p{Cc}\u202e]/u);
        assert.ok(message.length < 5000);
      });
    }

    it('puts the place first, in a form that can be clicked, and shows the statement', () => {
      const place = { file: '/p/003_x.sql', line: 7, column: 3 };
      const sentence = describeError(
        { code: 'sql.failed', params: params['sql.failed'], place },
        t,
      );
      assert.equal(sentence.message, '/p/003_x.sql:7:3: no such table: x');
      assert.equal(sentence.detail, 'The statement: INSERT INTO x');
    });

    it('does not have a down migration corrected that is only in the log', () => {
      const given = { ...params['sql.failed'], from: 'log' };
      const { message, advice } = describeError({ code: 'sql.failed', params: given }, t);
      assert.match(message, /003_x that the run log has kept failed: no such table: x$/);
      assert.doesNotMatch(advice!, /Correct/);
    });

    it('says why the fallback does not write, and what to do, for every reason', () => {
      const reasons = [
        'wal',
        'walHeader',
        'journal',
        'size',
        'unknownHeader',
        'hardLinks',
        'owner',
      ];
      const said = reasons.map((reason) =>
        describeError({ code: 'writer.refused', params: { path: '/p/a', reason } }, t),
      );
      const users = [
        { pid: 7, program: 'app' },
        { pid: 7, program: '' },
        { pid: -1, program: '' },
      ];
      for (const reason of ['open', 'locked']) {
        for (const user of users) {
          const given = { path: '/p/a', reason, ...user };
          said.push(describeError({ code: 'writer.refused', params: given }, t));
        }
      }
      said.forEach(clean);
      assert.equal(new Set(said.map(({ message }) => message)).size, said.length);
      assert.match(said[7].message, /app.*7/);
    });

    it('says why a file cannot be understood, for every reason', () => {
      const reasons: Record<InvalidReason, ErrorParams> = {
        nul: {},
        encoding: {},
        unreadable: { message: 'EACCES' },
        tooLarge: { limit: 128 },
        carriageReturn: {},
        dotCommand: { command: '.mode' },
        unterminated: {},
        transactionControl: { statement: 'COMMIT' },
        noUpMarker: {},
        textBeforeMarker: {},
        downBeforeUp: {},
        secondDown: {},
        downWithoutUp: {},
        otherLayout: { layout: 'goose' },
        option: { option: 'fast' },
      };
      for (const [reason, more] of Object.entries(reasons)) {
        const place = { file: '/p/003_x.sql', line: 7, column: 3 };
        const error = { code: 'migrations.invalid', params: { reason, ...more }, place } as const;
        const sentence = describeError(error, t);
        clean(sentence);
        assert.match(sentence.message, /^\/p\/003_x\.sql:7:3: .* .*\.$/);
        assert.doesNotMatch(sentence.message, /\?/);
      }
    });

    it('names the holder when the wait ended without the lock', () => {
      const error = { code: 'lock.timeout', params: params['lock.timeout'] } as const;
      const sentence = describeError(error, t, holder);
      assert.match(sentence.message, /within 2 min \(14 attempts\)/);
      assert.match(sentence.message, /VS Code window “shop” \(pid 123 on host, since 12:03:11\)/);
      assert.match(sentence.detail!, /Likely causes/);
    });

    it('says that it is not Lockstep when nobody left a card', () => {
      const error = { code: 'lock.timeout', params: params['lock.timeout'] } as const;
      const { message, detail, advice } = describeError(error, t);
      assert.match(message, /A program that is not Lockstep has it/);
      assert.match(detail!, /stuck; missing permissions; a disk/);
      assert.match(advice!, /run again/);
    });

    it('says of a lock that is not broken who lives, or what is known of him', () => {
      for (const [more, expected] of [
        [{ pid: 123 }, /is alive: pid 123\.$/],
        [{ pid: 123, host: 'box' }, /sign of life within the last minute: pid 123 on box\.$/],
        [{}, /sign of life within the last minute; who holds it is not known\.$/],
      ] as const) {
        const sentence = describeError({ code: 'lock.live', params: more }, t);
        clean(sentence);
        assert.match(sentence.message, expected);
      }
    });

    it('takes an unknown code from another version as a fault', () => {
      clean(describeError({ code: 'toString' as ErrorCode, params: { message: 'm' } }, t));
    });
  });

  describe('describeHolder', () => {
    it('tells windows, terminals, tasks and strangers apart', () => {
      const said = (over: object) => describeHolder({ ...holder, ...over }, t);
      assert.equal(said({}), 'VS Code window “shop” (pid 123 on host, since 12:03:11)');
      assert.match(said({ kind: 'terminal', workspace: undefined }), /^a terminal \(pid 123/);
      assert.match(said({ kind: 'terminal' }), /^a terminal in “shop”/);
      assert.match(said({ kind: 'task' }), /^a VS Code task in “shop”/);
      assert.equal(describeHolder(undefined, t), 'a program that is not Lockstep');
    });
    it('gives the date when it is not today', () => {
      const since = new Date(2020, 0, 2, 3, 4, 5).toISOString();
      assert.match(describeHolder({ ...holder, since }, t), /since 2020-01-02 03:04:05\)/);
    });
    it('believes nothing of a card', () => {
      const hostile = {
        kind: 'x',
        workspace: { a: 1 },
        pid: 'rm -rf',
        host: '\u001b[2J',
        since: 'never',
      };
      assert.equal(describeHolder(hostile as unknown as Holder, t), 'another Lockstep');
      assert.equal(
        describeHolder({ ...holder, workspace: 'a\u001b[31mb\r\nc\u009b1m' }, t).split(' (')[0],
        'VS Code window “ab c1m”',
      );
    });
  });

  it('describeEvent: each event a clean line with its level', () => {
    const waiting = {
      type: 'waiting',
      attempt: 3,
      waitedMs: 1234,
      delayMs: 40,
      level: 'info',
    } as const;
    const steps = [migration];
    const error = { code: 'sql.failed', params: params['sql.failed'] } as const;
    const cases: [RunEvent, LogLine['level'], RegExp][] = [
      [
        { ...waiting, on: 'sentinel', holder },
        'info',
        /^Waiting for VS Code window “shop” .*\(attempt 3, next try in 40 ms, waited 1.2 s\)$/,
      ],
      [
        {
          ...waiting,
          on: 'sentinel',
          holder: {
            ...holder,
            progress: { direction: 'up', step: 2, steps: 5, migration: '002_y' },
          },
          level: 'warning',
        },
        'warning',
        /, applying 002_y \(2 of 5\) \(attempt 3/,
      ],
      [{ ...waiting, on: 'sentinel' }, 'info', /a lock that does not say whose it is/],
      [{ ...waiting, on: 'database' }, 'info', /a program that is not Lockstep/],
      [{ type: 'tookOver', holder }, 'info', /^Took over from VS Code window “shop”/],
      [{ type: 'tookOver' }, 'info', /^Took over/],
      [{ type: 'locked', waitedMs: 0 }, 'debug', /^Got the lock after 0 ms/],
      [{ type: 'unguarded', message: 'EACCES' }, 'warning', /EACCES/],
      [{ type: 'planned', direction: 'up', steps }, 'info', /^1 migration to apply: 003_x$/],
      [{ type: 'planned', direction: 'up', steps: [] }, 'info', /^Nothing to apply/],
      [{ type: 'planned', direction: 'down', steps }, 'info', /^1 migration to roll back: 003_x/],
      [
        { type: 'backedUp', file: '/p/.lockstep/app.db.x.backup', bytes: 12_345, ms: 3.2 },
        'info',
        /^Backup: app\.db\.x\.backup \(12 KB, 3 ms\)$/,
      ],
      [
        { type: 'backupSkipped', reason: 'tooLarge', bytes: 3e8, limit: 256 * 1024 * 1024 },
        'warning',
        /^No backup: the database has 286 MB, more than the limit of 256 MB\.$/,
      ],
      [
        { type: 'backupSkipped', reason: 'empty', bytes: 0, limit: 1 },
        'debug',
        /^No backup: the database is new or empty/,
      ],
      [
        {
          type: 'finding',
          finding: { code: 'edited', severity: 'warning', migration, params: {} },
        },
        'warning',
        /003_x was changed/,
      ],
      [
        { type: 'stepStarted', direction: 'up', migration, step: 2, steps: 5 },
        'info',
        /^Applying 003_x \(2 of 5\)$/,
      ],
      [
        { type: 'stepStarted', direction: 'down', migration, step: 1, steps: 1 },
        'info',
        /^Rolling back 003_x \(1 of 1\)$/,
      ],
      [{ type: 'stepDone', done, step: 2, steps: 5 }, 'info', /^Applied 003_x in 12 ms$/],
      [{ type: 'replaying', migration }, 'info', /^Trying them one by one: 003_x failed/],
      [{ type: 'stepFailed', migration, error }, 'error', /no such table: x/],
      [{ type: 'alreadyDone', migration, holder }, 'info', /already done by VS Code window “shop”/],
      [{ type: 'alreadyDone', migration }, 'info', /already done by another process/],
    ];
    for (const [event, level, text] of cases) {
      const line = describeEvent(event, t);
      clean(line);
      assert.equal(line.level, level, event.type);
      assert.match(line.message, text);
    }
  });

  describe('describeRestore', () => {
    const restored: Backup = {
      name: 'app.db.x.backup',
      file: '/p/.lockstep/app.db.x.backup',
      at: '2026-01-02T03:04:05.678Z',
      bytes: 8192,
      reason: { kind: 'up', migration: '003_x' },
    };
    const say = (over: Partial<RestoreResult>): LogLine => {
      const line = describeRestore({ outcome: 'done', restored, ms: 20, ...over }, t);
      clean(line);
      return line;
    };

    it('says what was restored, what was kept and what is over with it', () => {
      const line = say({ backup: '/p/.lockstep/app.db.y.backup', undone: migration });
      assert.equal(
        line.message,
        'Restored app.db.x.backup (before 003_x) in 20 ms. 003_x no longer counts as interrupted.',
      );
      assert.equal(line.detail, 'What was there before is kept as app.db.y.backup.');
      assert.equal(say({}).detail, undefined);
    });
    it('says why nothing was restored', () => {
      assert.equal(say({ outcome: 'cancelled', restored: undefined }).level, 'warning');
      for (const reason of ['pageSize', 'notADatabase', 'damaged', 'noBackupApi', 'x']) {
        const given = { path: '/p/app.db', name: 'x.backup', reason, message: 'm', is: 1, was: 2 };
        const error = { code: 'restore.refused', params: given } as const;
        const line = say({ outcome: 'refused', restored: undefined, error });
        assert.deepEqual([line.level, typeof line.advice], ['error', 'string']);
        assert.doesNotMatch(line.message, /\?/);
      }
      const error = { code: 'lock.timeout', params: params['lock.timeout'] } as const;
      const late = say({ outcome: 'timeout', restored: undefined, error, holder });
      assert.match(late.message, /VS Code window “shop”/);
      clean(say({ outcome: 'failed', restored: undefined }));
    });
    it('names every reason of a backup', () => {
      const reasons = [
        { kind: 'up', migration: '003_x' },
        { kind: 'down', migration: '003_x' },
        { kind: 'restore' },
      ] as const;
      assert.deepEqual(
        reasons.map((reason) => describeBackupReason({ reason }, t)),
        ['before 003_x', 'before 003_x was rolled back', 'before another backup was restored'],
      );
    });
  });

  it('fileSize: as people say it', () => {
    const sizes = [0, 1023, 1024, 12_345, 1024 * 1024, 3_600_000, 256 * 1024 * 1024];
    assert.deepEqual(
      sizes.map((bytes) => fileSize(bytes, t)),
      ['0 B', '1023 B', '1 KB', '12 KB', '1 MB', '3.4 MB', '256 MB'],
    );
  });

  describe('describeResult', () => {
    const none: RunResult = {
      outcome: 'done',
      applied: [],
      alreadyApplied: [],
      remaining: [],
      findings: [],
      ms: 40,
    };
    const say = (over: Partial<RunResult>, direction?: 'up' | 'down'): LogLine => {
      const line = describeResult({ ...none, ...over }, t, direction);
      clean(line);
      return line;
    };

    it('every outcome, with and without work done', () => {
      const outcomes: Record<Outcome, LogLine['level']> = {
        done: 'info',
        cancelled: 'warning',
        failed: 'error',
        refused: 'error',
        unconfirmed: 'error',
        timeout: 'error',
        invalid: 'error',
      };
      for (const [outcome, level] of Object.entries(outcomes) as [Outcome, LogLine['level']][]) {
        for (const applied of [[], [done], [done, done]]) {
          for (const direction of ['up', 'down'] as const) {
            assert.equal(say({ outcome, applied, holder }, direction).level, level);
          }
        }
      }
    });
    it('says what was done and by whom', () => {
      assert.equal(say({ applied: [done] }).message, 'Applied 1 migration in 40 ms.');
      assert.equal(say({}).message, 'Nothing to apply: the database is up to date.');
      assert.equal(say({}, 'down').message, 'Nothing to roll back.');
      assert.match(
        say({ alreadyApplied: [migration, migration], holder }).message,
        /^All migrations already applied by VS Code window “shop” \(pid 123/,
      );
      assert.match(
        say({ applied: [done], alreadyApplied: [migration], holder }).message,
        /^Applied 1 migration in 40 ms\. 1 was already applied by VS Code/,
      );
    });
    it('lists what stayed after a cancel, a failure and a timeout', () => {
      assert.equal(
        say({
          outcome: 'cancelled',
          applied: [done],
          interrupted: migration,
          remaining: [migration],
        }).message,
        'Cancelled. Applied 1 migration; that stays. 003_x was undone. 1 is still pending.',
      );
      const interrupted = say({
        outcome: 'cancelled',
        interrupted: migration,
        remaining: [migration],
        error: { code: 'run.interrupted', params: params['run.interrupted'] },
      });
      assert.doesNotMatch(interrupted.message, /Nothing was changed|undone/);
      assert.match(interrupted.advice!, /lockstep resolve/);
      const failed = say({
        outcome: 'failed',
        applied: [done, done],
        error: { code: 'sql.failed', params: params['sql.failed'] },
      });
      assert.match(
        failed.detail!,
        /^Applied 2 migrations; that stays\. The statement: INSERT INTO x$/,
      );
      const error = { code: 'database.replaced', params: params['database.replaced'] } as const;
      const replaced = say({ outcome: 'refused', interrupted: migration, error });
      assert.match(replaced.detail!, /003_x ran outside .* may have gone to the old file\.$/);
      assert.match(replaced.advice!, /lockstep resolve/);
      const timeout = say({
        outcome: 'timeout',
        holder,
        error: { code: 'lock.timeout', params: params['lock.timeout'] },
      });
      assert.match(timeout.message, /VS Code window “shop”/);
    });

    it('that it would delete more than was agreed to', () => {
      const { level, message, advice, detail } = say({ outcome: 'unconfirmed', rehearsed: true });
      assert.equal(level, 'error');
      assert.match(message, /would delete more than was agreed to; nothing was changed/);
      assert.match(advice!, /Run it again/);
      assert.match(detail!, /found on a copy/);
    });
  });

  it('describeFinding: every code', () => {
    const findings: Record<Finding['code'], Finding['params']> = {
      duplicate: { files: 'a.sql, b.sql' },
      missing: {},
      edited: {},
      outOfOrder: {},
      schemaFile: { path: '/p/db/schema.sql' },
      logUnwritable: { message: 'EROFS' },
    };
    for (const [code, findingParams] of Object.entries(findings)) {
      const finding = { code, severity: 'refuse', migration, params: findingParams } as Finding;
      const line = describeFinding(finding, t);
      clean(line);
      assert.equal(line.level, 'error');
      assert.doesNotMatch(line.message, /\?/);
      clean(describeFinding({ code: finding.code, severity: 'info', params: {} }, t));
    }
  });

  it('duration: in the unit people would use', () => {
    const said = [0, 0.4, 999.4, 1000, 3240, 45_900, 60_000, 125_000].map((ms) => duration(ms, t));
    assert.deepEqual(said, [
      '0 ms',
      '0 ms',
      '999 ms',
      '1 s',
      '3.2 s',
      '45 s',
      '1 min',
      '2 min 5 s',
    ]);
  });

  it('sanitizeLine: keeps words, drops what a terminal would obey', () => {
    assert.equal(sanitizeLine('a\n\tb  c'), 'a b c');
    for (const password of ['secret', 'sec@ret', 'sec:ret', 'sec/ret', 'sec%2Fret', '12345', '']) {
      for (const slashes of ['//', '/']) {
        const url = `postgres:${slashes}user:${password}@host:5432/db`;
        assert.equal(
          sanitizeLine(`There is no database /p/${url}.`),
          `There is no database /p/postgres:${slashes}user:***@host:5432/db.`,
        );
      }
    }
    for (const harmless of [
      'https://host:8080/npm/@scope/x',
      'https://user@host/x',
      "'https://host:1', 'a@b'",
      'C:/a:b@c',
      '/p/a@b.db:3:4: no such table',
    ]) {
      assert.equal(sanitizeLine(harmless), harmless);
    }
    assert.equal(sanitizeLine('\u001b[31mred\u001b[0m \u001b]0;title\u0007x\u0000\u0085'), 'red x');
    assert.equal(sanitizeLine('über 日本 🙂'), 'über 日本 🙂');
    assert.equal(sanitizeLine('x'.repeat(50), 10), `${'x'.repeat(9)}…`);
  });

  it('plainTranslate: one pass, so that a value cannot name a placeholder', () => {
    assert.equal(t('{a} {b} {c}', { a: '{b}', b: 2 }), '{b} 2 {c}');
  });
});
