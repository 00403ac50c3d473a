import { writeFileSync } from 'node:fs';
import type { DatabaseSync } from 'node:sqlite';
import type { Connection } from '../../core/connection';
import { statementKind } from '../../core/sql/statements';
import { Tokens } from '../../core/sql/tokens';
import { copyIn, removeCopy } from '../../system/temporaryFolder';
import type { CompileFailure, OpenSnapshot } from '../engine';
import { NativeConnection, nativeOptions, refuseFiles } from './nativeConnection';
import { databaseContent } from './nativeCopy';
import { type NativeModule, nativeVersion } from './nativeModule';

/** See `Engine.compile`. */
export function compileStatements(
  schema: readonly string[],
  statements: readonly string[],
  sqlite: NativeModule,
): CompileFailure[] {
  const database = new sqlite.DatabaseSync(':memory:', nativeOptions(false));
  try {
    refuseFiles(database);
    // Prepared, which stops after one statement: SQLite passes over what follows it in a schema.
    schema.forEach((sql) => attempt(() => database.prepare(sql).run()));
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

/**
 * Opens a copy of a database, a file of ours, through `node:sqlite`. SQL that runs on it reaches no
 * other file: ATTACH and VACUUM INTO are refused by the engine where it can, and by whoever screens
 * the statements where it cannot.
 */
export class NativeSnapshot implements OpenSnapshot {
  readonly engine = 'native';
  private readonly file: string;

  /**
   * @param path of the database that it stands for, for messages
   * @param folder where the file is made; the caller's to remove
   */
  constructor(
    readonly path: string,
    bytes: Uint8Array | undefined,
    folder: string,
    private readonly sqlite: NativeModule,
  ) {
    this.file = copyIn(folder);
    removeCopy(folder);
    writeFileSync(this.file, bytes ?? new Uint8Array(), { flag: 'wx', mode: 0o600 });
  }

  open({ foreignKeys }: { foreignKeys: boolean }): Connection {
    const database = new this.sqlite.DatabaseSync(this.file, nativeOptions(foreignKeys));
    refuseFiles(database);
    // Nobody needs it after a power failure.
    const setUp = 'PRAGMA cache_size=-16000; PRAGMA synchronous=OFF';
    return new NativeConnection(database, nativeVersion(this.sqlite), this.path, undefined, setUp);
  }

  content(): Uint8Array {
    const connection = this.open({ foreignKeys: false });
    try {
      return databaseContent(connection as NativeConnection);
    } finally {
      connection.close();
    }
  }

  close(): void {}
}
