import type { Script } from '../migration';
import type { Direction } from '../run/direction';
import { needsOutside, prepareScript, type PreparedScript } from '../sql/prepareScript';
import { scriptSections } from '../sql/scriptSections';
import { statementKind, type StatementKind } from '../sql/statementKind';
import { splitStatements, type Statement } from '../sql/statements';
import { outerTransaction } from '../sql/transactionControl';
import { wordsOf } from '../sql/wordsOf';
import { ScriptWalk, type ScriptState } from './scriptState';
import { statementFacts, type StatementFacts } from './statementFacts';

export interface LintedStatement {
  readonly index: number;
  readonly statement: Statement;
  readonly kind: StatementKind;
  readonly facts: StatementFacts;
  /** What the statements before it have done, as far as the text tells. */
  readonly state: ScriptState;
  /** See `wordsOf`; found once. */
  words(): ReadonlySet<string>;
}

/** What the way up has made, for its way back: lower-case tables, and columns as `table.column`. */
export type Made = ReadonlySet<string>;

/** A script with all its statements, those too that Lockstep leaves out. */
export interface LintedScript {
  readonly script: Script;
  readonly direction: Direction;
  readonly prepared: PreparedScript;
  readonly statements: readonly LintedStatement[];
  /** The indices of an outer BEGIN and COMMIT, which are left out. */
  readonly outer: readonly number[];
  readonly made: Made;
  /** What it makes itself, by its text alone. */
  readonly makes: Made;
  /** Index of the last statement that is about schema or data; -1 where there is none. */
  readonly lastWork: number;
  /** Index of the first statement that cannot be in a transaction; -1 where there is none. */
  readonly firstOutside: number;
}

/** @throws LockstepError `migrations.invalid`, `sql.parameters` */
export function lintedScript(script: Script, direction: Direction, made: Made): LintedScript {
  const prepared = prepareScript(script);
  const found = scriptSections(script).flatMap(({ start, end }) =>
    splitStatements(script.text, start, end),
  );
  const kinds = found.map(({ text }) => statementKind(text));
  const outer = outerTransaction(kinds);
  const walk = new ScriptWalk(script, prepared.mode);
  const statements = found.map((statement, index): LintedStatement => {
    let words: ReadonlySet<string> | undefined;
    const linted = {
      index,
      statement,
      kind: kinds[index],
      facts: statementFacts(statement.text),
      state: walk.stateBefore(index),
      words: () => (words ??= wordsOf(statement.text)),
    };
    walk.pass(linted);
    return linted;
  });
  return {
    script,
    direction,
    prepared,
    statements,
    outer,
    made,
    makes: walk.made,
    lastWork: kinds.findLastIndex(({ kind }) => !/^(pragma|begin|commit|rollback)$/.test(kind)),
    firstOutside: kinds.findIndex(needsOutside),
  };
}
