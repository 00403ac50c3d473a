import { isNonTransactionalPragma } from '../../sql/prepareScript';
import { type LintedScript, type LintedStatement, pragmaSwitch, pragmaValue } from '../lintScript';
import type { LintCheck, LintData, LintFinding } from '../rule';

/** A PRAGMA that does nothing here, or makes the whole migration run in another way. */
export const pragmaWithoutEffect: LintCheck = {
  rule: 'pragma-without-effect',
  check(at, script, data) {
    const { kind } = at;
    if (kind.kind !== 'pragma') {
      return undefined;
    }
    const { name } = kind;
    const params = (what: string): LintFinding => ({ params: { case: what, pragma: name } });
    if (isUnknown(name, data)) {
      return params('unknown');
    }
    if (!kind.sets) {
      return changesMode(at, script) ? params('outside') : undefined;
    }
    if (name === 'foreign_keys') {
      return foreignKeys(at, script);
    }
    if (changesNothing(at, script, data)) {
      return params(name === 'encoding' ? 'encoding' : 'needsVacuum');
    }
    if (changesMode(at, script)) {
      return params('outside');
    }
    if (/^(synchronous|locking_mode)$/.test(name) && script.prepared.mode === 'transaction') {
      return { ...params('leftOut'), harmless: true };
    }
    return ofConnection.has(name) ? { ...params('connection'), harmless: true } : undefined;
  },
};

/** What helps only the connection it is set for, in more than one migration. */
const ofConnection: ReadonlySet<string> = new Set([
  'busy_timeout',
  'wal_autocheckpoint',
  'journal_size_limit',
  'mmap_size',
  'synchronous',
  'locking_mode',
]);

/** https://www.sqlite.org/pragma.html#pragma_foreign_keys: a no-op within a transaction. */
function foreignKeys(at: LintedStatement, script: LintedScript): LintFinding | undefined {
  const { state, statement } = at;
  const wanted = pragmaSwitch(statement.text);
  if (!state.inTransaction || wanted === undefined) {
    return undefined;
  }
  const pragma = `foreign_keys = ${wanted ? 'ON' : 'OFF'}`;
  const matters = wanted !== state.foreignKeys && at.index < script.lastWork;
  return matters
    ? { params: { case: wanted ? 'foreignKeysOff' : 'foreignKeysOn', pragma } }
    : { params: { case: 'foreignKeysAlready', pragma }, harmless: true };
}

/** It alone keeps the rest of the script from running in a transaction. */
function changesMode(
  { index, kind }: LintedStatement,
  { script, statements, firstNonTransactional }: LintedScript,
): boolean {
  return (
    script.transaction &&
    isNonTransactionalPragma(kind) &&
    firstNonTransactional === index &&
    statements.some((each) => !/^(pragma|vacuum|begin|commit)$/.test(each.kind.kind))
  );
}

/** A database that has something in it changes these only with a VACUUM, or never. */
function changesNothing(
  { index, kind, statement }: LintedStatement,
  { statements }: LintedScript,
  data: LintData | undefined,
): boolean {
  const name = kind.kind === 'pragma' ? kind.name : '';
  if (!data || !/^(page_size|auto_vacuum|encoding)$/.test(name)) {
    return false;
  }
  const isNew = Number(data.pragma('page_count') ?? 0) === 0;
  const now = data.pragma(name)?.toLowerCase() ?? '';
  if (isNew || isSame(pragmaValue(statement.text), now)) {
    return false;
  }
  if (name === 'encoding') {
    return true;
  }
  // From one kind of auto_vacuum to the other it changes at once.
  const isAtOnce = name === 'auto_vacuum' && now !== '0' && !isOff(pragmaValue(statement.text));
  const follows = statements.slice(index + 1).some((each) => each.kind.kind === 'vacuum');
  return !isAtOnce && !follows;
}

function isSame(value: string, now: string): boolean {
  const number = { none: '0', full: '1', incremental: '2' }[value] ?? value;
  return number.replaceAll('-', '') === now.replaceAll('-', '');
}

function isOff(value: string): boolean {
  return /^(0|none|off|no|false)$/.test(value);
}

/** Those that only some builds of SQLite have, as SQLCipher's. */
const sometimes =
  /^(key|rekey|hexkey|hexrekey|textkey|textrekey|cipher.*|kdf_iter|activate_extensions|vdbe_.*|sql_trace|parser_trace|stats|lock_status|lock_proxy_file|data_store_directory|temp_store_directory|flags|filename|file_format|legacy_file_format)$/;

function isUnknown(name: string, data: LintData | undefined): boolean {
  const known = data?.ask('SELECT name FROM pragma_pragma_list') ?? [];
  return (
    known.length > 0 &&
    !known.some((row) => String(row.name).toLowerCase() === name) &&
    !sometimes.test(name)
  );
}
