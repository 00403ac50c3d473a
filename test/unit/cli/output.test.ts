import assert from 'node:assert/strict';
import { join } from 'node:path';
import { JsonOutput, styleFor, TextOutput } from '../../../src/cli/output';
import { statusText } from '../../../src/cli/statusCommands';
import type { RunEvent, RunResult } from '../../../src/core/run/runEvents';
import type { Status } from '../../../src/core/model';

const plain = styleFor({ isTTY: false }, {});
const migration = {
  version: '3',
  id: '003_x',
  name: 'x',
  file: join(process.cwd(), 'm', '003_x.sql'),
};
const error = {
  code: 'sql.failed',
  params: { migration: '003_x', statement: 'SELECT x', message: 'no such column: x' },
  place: { file: migration.file, line: 3, column: 8 },
} as const;
const failed: RunResult = {
  outcome: 'failed',
  applied: [],
  alreadyApplied: [],
  remaining: [migration],
  findings: [],
  error,
  ms: 12,
};
const started: RunEvent = { type: 'stepStarted', direction: 'up', migration, step: 1, steps: 1 };

function captured(): {
  out: string;
  err: string;
  streams: ConstructorParameters<typeof JsonOutput>[0];
} {
  const caught = { out: '', err: '' };
  return Object.assign(caught, {
    streams: {
      out: (text: string) => void (caught.out += text),
      err: (text: string) => void (caught.err += text),
    },
  });
}

describe('TextOutput', () => {
  it('what happens on stdout, what is wrong on stderr, once, with a place to click', () => {
    const caught = captured();
    const output = new TextOutput(caught.streams, plain, false);
    output.event(started);
    output.event({ type: 'locked', waitedMs: 3 });
    output.event({ type: 'stepFailed', migration, error });
    output.result(failed, 'up');
    output.object({ type: 'x' });
    assert.equal(caught.out, 'Applying 003_x (1 of 1)\n');
    assert.match(
      caught.err,
      /^error: m.003_x\.sql:3:8: no such column: x\n {2}The statement: SELECT x\n/,
    );
    assert.equal(caught.err.match(/no such column/g)!.length, 1);
  });
  it('paints each stream as it can be painted: stderr may be a file while stdout is a terminal', () => {
    const caught = captured();
    const painted = styleFor({ isTTY: true }, {});
    const output = new TextOutput(caught.streams, painted, false, plain);
    output.line({ level: 'info', message: 'done', advice: 'go on' });
    output.line({ level: 'error', message: 'failed', advice: 'mend it' });
    assert.equal(caught.out, `done\n${painted.dim('  go on')}\n`);
    assert.equal(caught.err, 'error: failed\n  mend it\n');
  });
  it('--verbose shows a stack without what a terminal would obey', () => {
    const caught = captured();
    const stack = `Error: ${harmful}\n    at main (x.js:1:1)`;
    new TextOutput(caught.streams, plain, true).error({
      code: 'internal',
      params: { message: 'x', stack },
    });
    assert.match(caught.err, /^ {2}at main \(x\.js:1:1\)$/m);
    assert.doesNotMatch(caught.err.replaceAll('\n', ''), /[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
  });
  it('--verbose tells about locks, too', () => {
    const caught = captured();
    new TextOutput(caught.streams, plain, true).event({ type: 'locked', waitedMs: 3 });
    assert.equal(caught.out, 'Got the lock after 3 ms.\n');
  });
});

/** Each of them harmful in a terminal or an editor: ESC, C1, bidi, line ends, invisible, astral. */
const harmful =
  '\u001b[31m \u007f \u0085 \u009b31m \u009d \u00ad \u061c \u200b \u200f \u2028 \u2029 \u202e \u2066 \ufeff \u{e0041}';

describe('JsonOutput', () => {
  it('prints nothing raw that a terminal obeys or that hides text, and says the same', () => {
    const caught = captured();
    const params = { message: harmful, name: `${harmful}ä 😀 \ud800 "\\u2028"` };
    const output = new JsonOutput(caught.streams, plain);
    output.error({ code: 'internal', params, place: { file: harmful, line: 1, column: 1 } });
    output.object({ type: harmful, [harmful]: [harmful] });
    const lines = caught.out.split('\n');
    assert.equal(lines.length, 3);
    for (const line of lines) {
      assert.doesNotMatch(line, /[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/u);
    }
    assert.deepEqual(JSON.parse(lines[0]).params, params);
    assert.equal(JSON.parse(lines[0]).place.file, harmful);
    assert.deepEqual(JSON.parse(lines[1]), { type: harmful, [harmful]: [harmful] });
    assert.match(caught.out, /ä 😀/, 'what is harmless stays readable');
  });
  it('one object a line on stdout, the result last, nothing else', () => {
    const caught = captured();
    const output = new JsonOutput(caught.streams, plain);
    output.event(started);
    output.text('for people');
    output.result(failed, 'up');
    const lines = caught.out
      .trimEnd()
      .split('\n')
      .map((line) => JSON.parse(line));
    assert.deepEqual(lines[0], started);
    assert.deepEqual(lines[1].error, error);
    assert.equal(lines[1].type, 'result');
    assert.deepEqual([lines[1].applied, lines[1].alreadyApplied, lines[1].ms], [[], [], 12]);
    assert.equal(lines.length, 2);
    assert.equal(caught.err, '');
  });
  it('shows no password of a URL', () => {
    const caught = captured();
    const output = new JsonOutput(caught.streams, plain);
    const url = 'postgres://user:secret@host/db';
    const usage = { code: 'usage', params: { message: `Unexpected argument “${url}”.` } } as const;
    output.error(usage);
    output.result({ ...failed, error: usage }, 'up');
    output.event({ type: 'stepFailed', migration, error: usage });
    new TextOutput(caught.streams, plain, false).error(usage);
    assert.equal((caught.out + caught.err).match(/user:\*\*\*@host/g)?.length, 6);
    assert.doesNotMatch(caught.out + caught.err, /secret/);
  });
  it('an error is an object, with its words', () => {
    const caught = captured();
    new JsonOutput(caught.streams, plain).error({ code: 'target.none', params: {} });
    const said = JSON.parse(caught.out);
    assert.equal(said.type, 'error');
    assert.equal(said.code, 'target.none');
    assert.match(said.message, /No SQLite database/);
  });
});

describe('styleFor', () => {
  it('colours where a person reads, and nowhere else', () => {
    const red = (isTTY: boolean, env: Record<string, string>): boolean =>
      styleFor({ isTTY }, env).red('x') !== 'x';
    assert.equal(red(true, {}), true);
    assert.equal(red(false, {}), false);
    assert.equal(red(true, { NO_COLOR: '1' }), false);
    assert.equal(red(true, { NO_COLOR: '' }), true);
    assert.equal(red(true, { TERM: 'dumb' }), false);
    assert.equal(red(false, { FORCE_COLOR: '1' }), true);
    assert.equal(red(true, { FORCE_COLOR: '1', NO_COLOR: '1' }), false);
  });
});

describe('statusText', () => {
  const status: Status = {
    target: { database: join(process.cwd(), 'app.db'), folders: [join(process.cwd(), 'm')] },
    path: '/p/app.db',
    format: 'plain',
    look: { state: 'ok', journalMode: 'wal' },
    engine: { name: 'native', sqliteVersion: '3.53.4' },
    history: [
      {
        migration,
        log: {
          at: '2026-11-21T10:00:00.000Z',
          ms: 3,
          rows: 1,
          holder: { kind: 'terminal', host: 'h', pid: 12 },
        },
        file: 'edited',
        reversible: true,
      },
      { migration: { ...migration, id: '001_a' }, file: 'unknown', reversible: false },
    ],
    pending: [{ ...migration, id: '004_y', reversible: false }],
    findings: [{ code: 'edited', severity: 'warning', migration, params: {} }],
    lock: { kind: 'free' },
  };
  const said = (over: Partial<Status> = {}): string =>
    statusText({ ...status, ...over }, plain).join('\n');

  it('says where, what, who', () => {
    const text = said();
    assert.match(
      text,
      /^app\.db {2}wal mode, SQLite 3\.53\.4 \(native\)\nm {2}plain layout\nLock: free/,
    );
    assert.match(
      text,
      /Applied \(2\)\n {2}✓ 003_x {2}2026-11-2\d \d\d:\d\d, 3 ms, a terminal \(pid 12 on h\), changed since\n {2}✓ 001_a\n/,
    );
    const [{ log, ...entry }] = status.history;
    const marked = said({ history: [{ ...entry, log: { ...log!, ms: 0, marked: true } }] });
    assert.match(marked, /✓ 003_x {2}2026-11-2\d \d\d:\d\d, marked as applied, a terminal/);
    assert.match(text, /Pending \(1\)\n {2}○ 004_y\n003_x was changed/);
    assert.doesNotMatch(text, /undefined|\{\w/);
  });
  it('survives every state of the file and of the lock, and names from outside', () => {
    for (const state of [
      'missing',
      'empty',
      'needsRecovery',
      'busy',
      'notADatabase',
      'unreadable',
    ] as const) {
      const text = said({ look: { state }, history: [], pending: [] });
      assert.doesNotMatch(text, /undefined|\{\w/);
      const known = ['missing', 'empty'].includes(state);
      assert.match(text, known ? /^Nothing is pending\.$/m : /^Pending: not known$/m);
    }
    assert.match(said({ lock: { kind: 'stale' } }), /left behind/);
    const hostile = said({
      lock: {
        kind: 'held',
        mine: false,
        holder: { pid: 1, workspace: '\u001b[2J', kind: 'window' } as never,
      },
      pending: [{ ...migration, id: 'a\u001b[31m', reversible: false }],
    });
    assert.ok(!hostile.includes('\u001b'));
  });
  it('shows an interrupted migration and what to do', () => {
    const mark = {
      migration,
      direction: 'up',
      statement: 2,
      statements: 3,
      since: '',
      orphaned: true,
    } as const;
    assert.match(said({ mark }), /interrupted at statement 2 of 3[^]*lockstep resolve/);
    assert.match(said({ mark: { ...mark, orphaned: false } }), /runs outside a transaction/);
  });
  it('shows why nothing can be read', () => {
    assert.match(said({ error }), /no such column: x/);
  });
});
