import type { Script } from '../migration';
import type { LintedStatement } from './lintedScript';
import { pragmaSwitch } from './pragmaSwitch';

/** What a script has done before one of its statements, as far as its text tells. Lower case. */
export interface ScriptState {
  /** Tables that the script made itself. */
  readonly created: ReadonlySet<string>;
  /** Columns that it added, as `table.column`. */
  readonly added: ReadonlySet<string>;
  /** Tables that it renamed, from and to, in order. */
  readonly renamed: readonly (readonly [string, string])[];
  readonly inTransaction: boolean;
  readonly foreignKeys: boolean;
}

export function stateAtStart(
  { foreignKeys }: Script,
  mode: 'transaction' | 'outside',
): ScriptState {
  const inTransaction = mode === 'transaction';
  return { created: new Set(), added: new Set(), renamed: [], inTransaction, foreignKeys };
}

export function stateAfter(
  {
    kind,
    facts,
    state,
    statement,
  }: Pick<LintedStatement, 'kind' | 'facts' | 'state' | 'statement'>,
  mode: 'transaction' | 'outside',
): ScriptState {
  switch (facts.verb) {
    case 'create':
      return facts.type === 'table' || facts.type === 'view'
        ? { ...state, created: new Set([...state.created, facts.name.toLowerCase()]) }
        : state;
    case 'addColumn': {
      const column = `${facts.table}.${facts.column}`.toLowerCase();
      return { ...state, added: new Set([...state.added, column]) };
    }
    case 'renameTable':
      return renamed(state, facts.table.toLowerCase(), facts.to.toLowerCase());
  }
  switch (kind.kind) {
    case 'begin':
      return { ...state, inTransaction: true };
    case 'commit':
    case 'rollback':
      return mode === 'outside' ? { ...state, inTransaction: false } : state;
    case 'pragma': {
      const isOn = kind.name === 'foreign_keys' && kind.sets && !state.inTransaction;
      return isOn
        ? { ...state, foreignKeys: pragmaSwitch(statement.text) ?? state.foreignKeys }
        : state;
    }
    default:
      return state;
  }
}

function renamed(state: ScriptState, from: string, to: string): ScriptState {
  const created = new Set(state.created);
  if (created.delete(from)) {
    created.add(to);
  }
  const added = new Set(
    [...state.added].map((column) =>
      column.startsWith(`${from}.`) ? to + column.slice(from.length) : column,
    ),
  );
  return { ...state, created, added, renamed: [...state.renamed, [from, to]] };
}
