import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { pathToFileURL } from 'node:url';
import type { Outcome } from '../../../src/core/run/runEvents';
import { parseBackupSuffix } from '../../../src/migrator/backupFolder';
import type { Contender, Ending } from './contender';
import type { Foreigner } from './foreigner';
import type { Scenario } from './scenario';
import { ledgerParts, leavesNoTrace, versionOf } from './workload';

/** What is wrong with a database after a storm; nothing when all is well. */
export function judgeDatabase(
  path: string,
  scenario: Scenario,
  foreigners: readonly Foreigner[],
  lastStep: number,
): string[] {
  const db = new DatabaseSync(path, { readOnly: true, timeout: 10_000 });
  try {
    const all = (sql: string): unknown[][] =>
      db
        .prepare(sql)
        .all()
        .map((row) => Object.values(row as object));
    return [
      ...differences(
        'history',
        historyOf(lastStep),
        all('SELECT version FROM schema_migrations ORDER BY 1'),
      ),
      ...differences('ledger', ledgerOf(scenario, lastStep), all(ledgerSql)),
      ...differences('counter', [[countedSteps(scenario)]], all('SELECT n FROM counter')),
      ...differences('integrity', [['ok']], all('PRAGMA integrity_check')),
      ...differences('foreign keys', [], all('PRAGMA foreign_key_check')),
      ...foreigners.flatMap((each) => judgeForeigner(each, all)),
    ];
  } finally {
    db.close();
  }
}

const ledgerSql = 'SELECT step, part, count(*) FROM ledger GROUP BY 1, 2 ORDER BY 1, 2';

function historyOf(lastStep: number): unknown[][] {
  return Array.from({ length: lastStep }, (_, index) => [versionOf(index + 1)]);
}

function ledgerOf({ steps }: Scenario, lastStep: number): unknown[][] {
  const kinds = ['table', ...steps, 'table'] as const;
  return kinds
    .slice(0, lastStep)
    .flatMap((kind, index) =>
      leavesNoTrace(kind)
        ? []
        : Array.from({ length: ledgerParts }, (_, part) => [index + 1, part + 1, 1]),
    );
}

/** The first one and the last are steps too. */
function countedSteps({ steps }: Scenario): number {
  return steps.filter((kind) => !leavesNoTrace(kind)).length + 2;
}

/** Every row it says it has committed is there, once, and at most the one that it could not say. */
function judgeForeigner(
  { name, committed, killed, plan }: Foreigner,
  all: (sql: string) => unknown[][],
): string[] {
  if (plan.kind !== 'writer') {
    return [];
  }
  const found = all(`SELECT n FROM app_rows WHERE writer = '${name}' ORDER BY n`).map(([n]) => n);
  const [[counted] = [0]] = all(`SELECT n FROM app_counter WHERE writer = '${name}'`);
  const unsaid = found.length - committed.length;
  const whole = found.every((n, index) => n === index + 1);
  return whole && counted === found.length && unsaid >= 0 && unsaid <= (killed ? 1 : 0)
    ? []
    : [
        `${name} committed ${committed.length} rows, ${found.length} are there, it counted ${counted}`,
      ];
}

function differences(what: string, wanted: unknown[][], found: unknown[][]): string[] {
  const [a, b] = [wanted, found].map((rows) => rows.map((row) => row.join(' ')));
  const missing = a.filter((row) => !b.includes(row));
  const extra = b.filter((row) => !a.includes(row));
  return a.join('\n') === b.join('\n')
    ? []
    : [
        `${what}: missing [${missing.join(', ')}], unexpected [${extra.join(', ')}], ${b.length} rows`,
      ];
}

/** Nobody may say twice, or of something that is not there, that it was applied. */
export function judgeClaims(contenders: readonly Contender[], lastStep: number): string[] {
  const claims = contenders.flatMap(({ applied }) => applied);
  const versions = historyOf(lastStep).map(([version]) => version);
  const twice = claims.filter((version, index) => claims.indexOf(version) !== index);
  const unknown = claims.filter((version) => !versions.includes(version));
  return [
    ...(twice.length ? [`said to be applied by two: ${twice.join(', ')}`] : []),
    ...(unknown.length ? [`said to be applied and is not: ${unknown.join(', ')}`] : []),
  ];
}

/** Files that may be there: the database, the migrations, and what `.lockstep/` is for. */
export function judgeFiles(folder: string, allowed: readonly string[]): string[] {
  const names = [
    ...readdirSync(folder),
    ...readdirSync(join(folder, '.lockstep')).map((name) => `.lockstep/${name}`),
  ];
  const known = ['app.db', 'migrations', 'link.db', '.lockstep', '.lockstep/.gitignore'];
  known.push('.lockstep/app.db.log.jsonl', ...allowed);
  const isBackup = (name: string): boolean =>
    name.startsWith(backupStart) && parseBackupSuffix(name.slice(backupStart.length)) !== undefined;
  // A backup of a half-done state keeps the mark that says so.
  const marks = names.filter(isBackup).map((name) => `${name}.running.json`);
  const left = names.filter((name) => ![...known, ...marks].includes(name) && !isBackup(name));
  return [...judgeBackups(folder, names.filter(isBackup)), ...leftOver(left)];
}

const backupStart = '.lockstep/app.db.';

function judgeBackups(folder: string, names: readonly string[]): string[] {
  const broken = names.filter((name) => {
    // Without locks, so that looking at one leaves nothing behind.
    const url = `${pathToFileURL(join(folder, name)).href}?immutable=1`;
    const db = new DatabaseSync(new URL(url), { readOnly: true });
    try {
      return Object.values(db.prepare('PRAGMA integrity_check').get()!)[0] !== 'ok';
    } finally {
      db.close();
    }
  });
  return [
    ...(broken.length ? [`broken backups: ${broken.join(', ')}`] : []),
    ...(names.length > 5 ? [`${names.length} backups are kept`] : []),
  ];
}

function leftOver(left: readonly string[]): string[] {
  return left.length ? [`left over: ${left.join(', ')}`] : [];
}

/** What may become of a contender that nobody touched, by the kind of round. */
export function judgeEnding(
  { name, plan }: Contender,
  ending: Ending,
  scenario: Scenario,
  storm: { readonly struck: boolean; readonly excused: boolean },
): string[] {
  if (storm.excused) {
    return isExcused(ending) || isPlain(ending, scenario, storm.struck) ? [] : unexpected();
  }
  return isPlain(ending, scenario, storm.struck) && codeFits(ending) ? [] : unexpected();

  function unexpected(): string[] {
    return [`${name} (${JSON.stringify(plan)}) ended with ${JSON.stringify(ending)}`];
  }
}

/** Killed, cancelled or left: by what was done to it, or before that had an effect. */
function isExcused({ outcome, signal, code, error }: Ending): boolean {
  const gone =
    error === 'migrator.crashed' || ['SIGKILL', 'SIGINT', 'SIGHUP'].includes(signal ?? '');
  return gone || outcome === 'cancelled' || code === 130;
}

function isPlain({ outcome, error }: Ending, scenario: Scenario, struck: boolean): boolean {
  const allowed = new Set(['done']);
  if (scenario.foreigners.some((each) => each.kind === 'holder' && each.holdMs > 3_000)) {
    allowed.add('timeout lock.timeout');
  }
  if (struck && scenario.steps.includes('ownCommit')) {
    allowed.add('refused run.interrupted');
  }
  if (struck && scenario.engine === 'mixed') {
    // A killed program's journal is for SQLite alone to judge.
    allowed.add('refused writer.refused');
  }
  if (scenario.engine === 'mixed' && isRobbed(scenario)) {
    // Without the sentinel the engines notice each other only when one has replaced the file.
    allowed.add('refused database.replaced');
    allowed.add('refused writer.refused');
    allowed.add('refused backup.failed');
  }
  switch (scenario.obstacle) {
    case 'fileLimit':
    case 'smallDisk':
      ['failed database.io', 'failed database.full', 'refused backup.failed'].forEach((each) =>
        allowed.add(each),
      );
      break;
    case 'lockedFolder':
      // Where the journal stays it belongs to somebody else, and SQLite says that it cannot write.
      allowed.add('failed database.io');
      allowed.add('refused backup.failed');
      allowed.add('refused database.readOnly');
      break;
    case 'readOnlyFile':
      allowed.add('refused database.readOnly');
      break;
    case 'none':
  }
  return allowed.has([outcome, error].filter(Boolean).join(' '));
}

/** Whether the sentinel was not what kept migrators apart. */
function isRobbed({ litter, blows }: Scenario): boolean {
  return (
    litter !== 'none' || blows.some(({ kind }) => kind === 'usurp' || kind.startsWith('leave:'))
  );
}

const codes: Readonly<Record<Outcome, number>> = {
  done: 0,
  failed: 1,
  invalid: 2,
  timeout: 3,
  refused: 4,
  unconfirmed: 4,
  cancelled: 130,
};

function codeFits({ outcome, code }: Ending): boolean {
  return code === undefined || (outcome !== undefined && code === codes[outcome]);
}
