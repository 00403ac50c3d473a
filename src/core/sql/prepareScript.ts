import type { Script } from '../model';
import {
  assertNoDotCommand,
  checkTransactionControl,
  outerTransaction,
  scanScript,
  scriptSections,
} from './script';
import { splitStatements, type Statement, type StatementKind, statementKind } from './statements';

/** Why a script cannot run inside a transaction of ours; that of its first such statement. */
type NonTransactionalReason =
  | 'asked'
  | 'vacuum'
  | 'journalMode'
  /** Another PRAGMA that fails or does nothing inside a transaction. */
  | 'pragma'
  | 'detach'
  | 'transactionControl';

/** What can be known of a script without running it. */
export interface PreparedScript {
  /** In the order they run; offsets are those of `Script.text`. */
  readonly statements: readonly Statement[];
  /** `nonTransactional`: no transaction of ours may be open around it. */
  readonly mode: 'transaction' | 'nonTransactional';
  /** It changes its connection, so it needs a fresh one and a transaction that it shares with none. */
  readonly alone: boolean;
  /** What it does to its connection outlives it: the next script on the same one would notice. */
  readonly lasting: boolean;
  /** Set when the mode is `nonTransactional`. */
  readonly needs?: NonTransactionalReason;
  /** All names and words in lower case: a table that is not among them is not named by the script. */
  readonly words: ReadonlySet<string>;
}

/**
 * Finds a script's statements and what they need of the connection.
 *
 * An outer BEGIN…COMMIT is left out, so that the history row joins the transaction; so are
 * `PRAGMA synchronous` and `locking_mode` where a transaction is ours, because they fail there and
 * end with the connection anyway.
 *
 * @throws LockstepError `migrations.invalid` or `sql.parameters`, with its place
 */
export function prepareScript(script: Script): PreparedScript {
  const words = scanScript(script);
  const statements = scriptSections(script).flatMap(({ start, end }) =>
    splitStatements(script.text, start, end),
  );
  statements.forEach((statement) => assertNoDotCommand(script, statement));
  const kinds = statements.map(({ text }) => statementKind(text));
  const outer = outerTransaction(kinds);
  const needs = nonTransactionalReason(script, kinds, outer);
  checkTransactionControl(script, statements, kinds, needs ? 'nonTransactional' : 'transaction');
  if (needs) {
    return { statements, mode: 'nonTransactional', alone: true, lasting: true, needs, words };
  }
  return {
    statements: statements.filter((_, i) => !outer.includes(i) && !isConnectionOnly(kinds[i])),
    mode: 'transaction',
    alone: kinds.some(changesConnection) || words.has('temp') || words.has('temporary'),
    lasting: kinds.some(lasts) || statements.some(({ text }) => /\btemp\s*\./i.test(text)),
    words,
  };
}

function nonTransactionalReason(
  script: Script,
  kinds: readonly StatementKind[],
  outer: readonly number[],
): NonTransactionalReason | undefined {
  if (!script.transaction) {
    return 'asked';
  }
  for (const [i, kind] of kinds.entries()) {
    const reason = outer.includes(i) ? undefined : reasonOf(kind);
    if (reason) {
      return reason;
    }
  }
  return undefined;
}

/** Measured on SQLite 3.53; most of it is on https://www.sqlite.org/pragma.html. */
const nonTransactionalPragmas: ReadonlySet<string> = new Set([
  'journal_mode', // refused, or a silent no-op
  'page_size', // silent no-ops
  'auto_vacuum',
  'encoding',
  'wal_checkpoint', // SQLITE_LOCKED
]);

function reasonOf(kind: StatementKind): NonTransactionalReason | undefined {
  switch (kind.kind) {
    case 'begin':
    case 'commit':
    case 'rollback':
      return 'transactionControl';
    case 'vacuum':
    case 'detach':
      return kind.kind;
    case 'pragma':
      return reasonOfPragma(kind);
    default:
      return undefined;
  }
}

function reasonOfPragma(
  pragma: Extract<StatementKind, { kind: 'pragma' }>,
): NonTransactionalReason | undefined {
  const matters =
    nonTransactionalPragmas.has(pragma.name) && (pragma.sets || pragma.name.startsWith('wal_'));
  if (!matters) {
    return undefined;
  }
  return pragma.name === 'journal_mode' ? 'journalMode' : 'pragma';
}

/** Whether a PRAGMA makes its whole script run outside a transaction. */
export function isNonTransactionalPragma(kind: StatementKind): boolean {
  return kind.kind === 'pragma' && reasonOfPragma(kind) !== undefined;
}

function isConnectionOnly(kind: StatementKind): boolean {
  return kind.kind === 'pragma' && kind.sets && /^(synchronous|locking_mode)$/.test(kind.name);
}

/** Those that change how statements work. Others last as well, but change no result. */
const lastingPragmas: ReadonlySet<string> = new Set([
  'case_sensitive_like',
  'ignore_check_constraints',
  'legacy_alter_table',
  'query_only',
  'recursive_triggers',
  'reverse_unordered_selects',
  'trusted_schema',
  'writable_schema',
]);

function lasts(kind: StatementKind): boolean {
  return kind.kind === 'pragma'
    ? kind.sets && lastingPragmas.has(kind.name)
    : kind.kind === 'attach' || kind.kind === 'createTemp';
}

function changesConnection({ kind }: StatementKind): boolean {
  return /^(pragma|attach|createTemp|createVirtual|savepoint|release|rollbackTo)$/.test(kind);
}
