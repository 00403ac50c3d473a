import type { Script } from '../migration';
import type { Direction } from '../run/direction';
import { prepareScript, type PreparedScript } from '../sql/prepareScript';
import { scriptSections } from '../sql/scriptSections';
import { statementKind, type StatementKind } from '../sql/statementKind';
import { splitStatements, type Statement } from '../sql/statements';
import { outerTransaction } from '../sql/transactionControl';
import { stateAfter, stateAtStart, type ScriptState } from './scriptState';
import { statementFacts, type StatementFacts } from './statementFacts';

export interface LintedStatement {
  readonly index: number;
  readonly statement: Statement;
  readonly kind: StatementKind;
  readonly facts: StatementFacts;
  /** What the statements before it have done, as far as the text tells. */
  readonly state: ScriptState;
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
}

/** @throws LockstepError `migrations.invalid`, `sql.parameters` */
export function lintedScript(script: Script, direction: Direction, made: Made): LintedScript {
  const prepared = prepareScript(script);
  const found = scriptSections(script).flatMap(({ start, end }) =>
    splitStatements(script.text, start, end),
  );
  const kinds = found.map(({ text }) => statementKind(text));
  const outer = outerTransaction(kinds);
  let state = stateAtStart(script, prepared.mode);
  const statements = found.map((statement, index): LintedStatement => {
    const linted = {
      index,
      statement,
      kind: kinds[index],
      facts: statementFacts(statement.text),
      state,
    };
    state = stateAfter(linted, prepared.mode);
    return linted;
  });
  return { script, direction, prepared, statements, outer, made };
}
