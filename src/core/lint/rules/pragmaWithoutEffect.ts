import { isNonTransactionalPragma } from '../../sql/prepareScript';
import { type LintedScript, type LintedStatement, pragmaSwitch, pragmaValue } from '../lintScript';
import type { LintData, LintFinding, LintRule, LintSentence, LintText, Translate } from '../rule';

/** A PRAGMA that does nothing here, or makes the whole migration run in another way. */
export const pragmaWithoutEffect: LintRule = {
  name: 'pragma-without-effect',
  summary:
    'A `PRAGMA` that does nothing, or changes how the whole migration runs, because migrations run in a transaction.',
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
  describe: describePragma,
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

/** A PRAGMA that does not do what it seems to. */
function describePragma(text: LintText, _rows: number, t: Translate): LintSentence {
  const args = { pragma: text('pragma'), now: text('now') };
  switch (text('case')) {
    case 'foreignKeysOff':
      return {
        message: t(
          'PRAGMA {pragma} does nothing inside a transaction: foreign keys stay off.',
          args,
        ),
        advice: t(
          'To have them enforced while the migration runs, ask for it with foreign_keys:true. They are checked before the commit anyway.',
        ),
      };
    case 'foreignKeysOn':
      return {
        message: t(
          'PRAGMA {pragma} does nothing inside a transaction: foreign keys stay on.',
          args,
        ),
        advice: t('Remove foreign_keys:true from the file to have them off.'),
      };
    case 'foreignKeysAlready':
      return {
        message: t(
          'PRAGMA {pragma} does nothing inside a transaction; it is not needed either.',
          args,
        ),
        advice: t(
          'Lockstep switches foreign keys off before a migration and checks them before the commit.',
        ),
      };
    case 'leftOut':
      return {
        message: t(
          'PRAGMA {pragma} is left out: it cannot run inside a transaction, and would end with the migration.',
          args,
        ),
        advice: t('Remove it; your app sets it for its own connections.'),
      };
    case 'connection':
      return {
        message: t('PRAGMA {pragma} ends with the migration’s connection.', args),
        advice: t('Set it where your app opens the database.'),
      };
    case 'needsVacuum':
      return {
        message: t('PRAGMA {pragma} does nothing without a VACUUM after it.', args),
        advice: t('Follow it with VACUUM, in a migration of its own.'),
      };
    case 'encoding':
      return {
        message: t('PRAGMA {pragma} does nothing: the encoding of a database cannot change.', args),
        advice: t('Remove it.'),
      };
    case 'unknown':
      return {
        message: t('SQLite does not know PRAGMA {pragma}, and ignores it.', args),
        advice: t('Check its spelling.'),
      };
    default: // outside
      return {
        message: t(
          'With PRAGMA {pragma} in it the whole migration runs outside a transaction; if it breaks off, what was done before stays.',
          args,
        ),
        advice: t('Put the PRAGMA into a migration of its own.'),
      };
  }
}
