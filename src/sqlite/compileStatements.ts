import type { DatabaseSync } from 'node:sqlite';
import { statementKind } from '../core/sql/statementKind';
import { Tokens } from '../core/sql/tokens';
import { nativeOptions } from './nativeConnectionFactory';
import type { NativeModule } from './nativeSqlite';

/** What an engine says to a statement that it was to compile. */
export interface CompileFailure {
  /** Of the statement. */
  readonly index: number;
  readonly message: string;
}

/**
 * Compiles statements one after another in a database in memory that has a given schema and no rows,
 * to learn what this engine does not understand. Runs none but those that change the schema.
 *
 * @param schema SQL, in an order in which it can be made
 */
export function compileStatements(
  schema: readonly string[],
  statements: readonly string[],
  sqlite: NativeModule,
): CompileFailure[] {
  const database = new sqlite.DatabaseSync(':memory:', nativeOptions(false));
  try {
    schema.forEach((sql) => attempt(() => database.exec(sql)));
    return statements.flatMap((sql, index) => {
      const message = attempt(() => compile(database, sql));
      return message === undefined ? [] : [{ index, message }];
    });
  } finally {
    database.close();
  }
}

function compile(database: DatabaseSync, sql: string): void {
  const { kind } = statementKind(sql);
  // Some PRAGMAs act when they are compiled; the rest is known to every SQLite.
  if (!/^(other|createTemp|createVirtual)$/.test(kind)) {
    return;
  }
  database.prepare(sql);
  if (kind !== 'createVirtual' && changesSchema(sql)) {
    database.exec(sql);
  }
}

/** CREATE TABLE … AS SELECT does not count: it can take any time. */
function changesSchema(sql: string): boolean {
  const tokens = new Tokens(sql);
  tokens.next();
  const first = tokens.raw.toLowerCase();
  if (first === 'alter' || first === 'drop') {
    return true;
  }
  if (first !== 'create') {
    return false;
  }
  let isTable = false;
  for (let depth = 0; tokens.next();) {
    depth += tokens.isSymbol('(') ? 1 : tokens.isSymbol(')') ? -1 : 0;
    const word = tokens.kind === 'word' && depth === 0 ? tokens.raw.toLowerCase() : '';
    if (/^(view|trigger|index)$/.test(word)) {
      return true;
    }
    isTable ||= word === 'table';
    if (isTable && word === 'as') {
      return false;
    }
  }
  return isTable;
}

function attempt(work: () => unknown): string | undefined {
  try {
    work();
    return undefined;
  } catch (error) {
    return (error as Error).message;
  }
}
