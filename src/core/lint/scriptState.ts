import type { Script } from '../migration';
import { foldName } from '../sql/foldName';
import type { LintedStatement } from './lintedScript';
import { NameHistory, type NamesThen } from './nameHistory';
import { pragmaSwitch } from './pragmaSwitch';

/** What a script has done before one of its statements, as far as its text tells. Lower case. */
export interface ScriptState {
  /** Tables that the script made itself. */
  readonly created: NamesThen;
  /** Columns that it added, as `table.column`. */
  readonly added: NamesThen;
  /** Tables that it renamed, from and to, in order. */
  readonly renamed: readonly (readonly [string, string])[];
  /** How many they are. */
  readonly renames: number;
  readonly inTransaction: boolean;
  readonly foreignKeys: boolean;
}

/** Goes through the statements of a script, in order. */
export class ScriptWalk {
  private readonly created = new NameHistory();
  private readonly added = new NameHistory();
  private readonly renamed: (readonly [string, string])[] = [];
  private inTransaction: boolean;
  private foreignKeys: boolean;

  constructor(
    { foreignKeys }: Pick<Script, 'foreignKeys'>,
    private readonly mode: 'transaction' | 'outside',
  ) {
    this.inTransaction = mode === 'transaction';
    this.foreignKeys = foreignKeys;
  }

  /** Tables and columns that were made so far, and are there. */
  get made(): ReadonlySet<string> {
    return new Set([...this.created.names, ...this.added.names]);
  }

  /** How things stand before the next statement. */
  stateBefore(index: number): ScriptState {
    const { created, added, renamed, inTransaction, foreignKeys } = this;
    const renames = renamed.length;
    return {
      created: created.before(index),
      added: added.before(index),
      get renamed() {
        return renamed.slice(0, renames);
      },
      renames,
      inTransaction,
      foreignKeys,
    };
  }

  pass({
    index,
    kind,
    facts,
    statement,
  }: Pick<LintedStatement, 'index' | 'kind' | 'facts' | 'statement'>): void {
    switch (facts.verb) {
      case 'create':
        if (facts.type === 'table' || facts.type === 'view') {
          this.created.add(foldName(facts.name), index);
        }
        return;
      case 'addColumn':
        return this.added.add(foldName(`${facts.table}.${facts.column}`), index);
      case 'renameTable':
        return this.rename(foldName(facts.table), foldName(facts.to), index);
    }
    if (kind.kind === 'begin') {
      this.inTransaction = true;
    } else if (kind.kind === 'commit' || kind.kind === 'rollback') {
      this.inTransaction &&= this.mode !== 'outside';
    } else if (kind.kind === 'pragma' && kind.name === 'foreign_keys' && kind.sets) {
      const wanted = this.inTransaction ? undefined : pragmaSwitch(statement.text);
      this.foreignKeys = wanted ?? this.foreignKeys;
    }
  }

  private rename(from: string, to: string, at: number): void {
    if (this.created.delete(from, at)) {
      this.created.add(to, at);
    }
    for (const column of [...this.added.names]) {
      if (column.startsWith(`${from}.`)) {
        this.added.delete(column, at);
        this.added.add(to + column.slice(from.length), at);
      }
    }
    this.renamed.push([from, to]);
  }
}
