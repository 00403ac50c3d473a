import { closeSync, fsyncSync, openSync, readFileSync, readSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';
import type { DatabaseSync } from 'node:sqlite';
import { type Connection, SqliteError } from '../../core/connection';
import type { HistoryTable } from '../../core/history/historyTable';
import { createPrivate } from '../../system/files';
import { isPathStable } from '../../system/ownership';
import { TemporaryFolder } from '../../system/temporaryFolder';
import type { CopyOptions, CopyTarget, DatabaseCopy, LookResult } from '../engine';
import { translateErrors } from '../errors';
import { NativeConnection, refuseFiles } from './nativeConnection';
import { look } from './nativeLook';
import type { NativeModule } from './nativeModule';

/** Up to so many bytes a copy goes through memory, which takes a fifth of the time. */
const small = 8 * 1024 * 1024;

/**
 * Copies a database as its connections see it, `-wal` included, through a connection of its own.
 * To be called while this process keeps writers out: then the copy is of one moment.
 *
 * @param to durable when the promise resolves
 * @param proceed called now and then; what it throws ends the copying
 */
export async function nativeCopy(
  path: string,
  to: CopyTarget,
  sqlite: NativeModule,
  proceed: () => void,
): Promise<void> {
  const source = translateErrors(() => new sqlite.DatabaseSync(path, { readOnly: true }));
  try {
    const { bytes } = translateErrors(
      () =>
        source
          .prepare(
            'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
          )
          .get() as { bytes: number },
    );
    // Which of these there are depends on the Node that runs.
    if (bytes <= small && typeof source.serialize === 'function') {
      const content = translateErrors(() => source.serialize());
      writeWhole(to.file, content);
    } else if (isPathStable(dirname(to.path))) {
      await copyToPath(source, to.path, sqlite, proceed);
    } else {
      await copyAside(source, to.file, sqlite, proceed);
    }
  } finally {
    source.close();
  }
}

async function copyToPath(
  source: DatabaseSync,
  to: string,
  sqlite: NativeModule,
  proceed: () => void,
): Promise<void> {
  if (typeof sqlite.backup === 'function') {
    await nativeBackup(source, to, sqlite, proceed);
  } else {
    translateErrors(() => source.prepare('VACUUM INTO ?').run(to));
  }
}

const asidePrefix = 'lockstep-copy-';

/**
 * SQLite opens files by their path alone. Where others could put a link in its place, it writes to a
 * folder of ours first.
 */
async function copyAside(
  source: DatabaseSync,
  to: number,
  sqlite: NativeModule,
  proceed: () => void,
): Promise<void> {
  TemporaryFolder.sweep(asidePrefix);
  const aside = new TemporaryFolder(asidePrefix);
  try {
    if (!isPathStable(aside.path)) {
      throw new Error(`others may change what ${aside.path} leads to`);
    }
    closeSync(createPrivate(aside.copy));
    await copyToPath(source, aside.copy, sqlite, proceed);
    appendWhole(aside.copy, to, proceed);
  } finally {
    aside.remove();
  }
}

function appendWhole(from: string, to: number, proceed: () => void): void {
  const file = openSync(from, 'r');
  try {
    const buffer = Buffer.alloc(stepBytes);
    for (let length; (length = readSync(file, buffer)) > 0;) {
      proceed();
      writeFully(to, buffer.subarray(0, length));
    }
  } finally {
    closeSync(file);
  }
  fsyncSync(to);
}

function writeWhole(to: number, content: Uint8Array): void {
  writeFully(to, content);
  fsyncSync(to);
}

function writeFully(to: number, content: Uint8Array): void {
  for (let written = 0; written < content.length;) {
    written += writeSync(to, content, written);
  }
}

/**
 * A database with the schema of another, its history and nothing else in it, as a file's bytes.
 */
function cloneSchema(
  from: Connection,
  { name, listSql, insertSql }: HistoryTable,
  sqlite: NativeModule,
): Uint8Array {
  const database = new sqlite.DatabaseSync(':memory:', {
    enableForeignKeyConstraints: false,
    enableDoubleQuotedStringLiterals: true,
  });
  refuseFiles(database);
  const clone = new NativeConnection(database, from.sqliteVersion, ':memory:');
  try {
    for (const pragma of ['encoding', 'user_version', 'application_id']) {
      const value = from.get(`PRAGMA main.${pragma}`)![pragma];
      clone.exec(`PRAGMA main.${pragma}='${String(value)}'`);
    }
    clone.exec('BEGIN');
    for (const { sql } of from.all(createSql)) {
      create(clone, String(sql));
    }
    if (from.get("SELECT 1 FROM main.sqlite_schema WHERE type='table' AND name=?", name)) {
      from.all(listSql).forEach(({ version }) => clone.all(insertSql, version));
    }
    clone.exec('COMMIT');
    return databaseContent(clone);
  } finally {
    clone.close();
  }
}

/** Virtual tables first: they make their own shadow tables. Then in the order they were made. */
const createSql = `
  SELECT sql FROM main.sqlite_schema
   WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\'
   ORDER BY type <> 'table', sql NOT LIKE 'create virtual%', rowid`;

/**
 * What this engine cannot make, or has made already as part of something else, is left out, and so is
 * what a forged schema has behind a statement: SQLite passes over it while it reads the schema.
 */
function create(clone: Connection, sql: string): void {
  try {
    clone.get(sql); // prepared, which stops after one statement
  } catch (error) {
    if (!(error instanceof SqliteError)) {
      throw error;
    }
  }
}

/** Bytes copied at a time: less than SQLite caches, so that nothing reaches the file in one step. */
const stepBytes = 1024 * 1024;

/**
 * Copies a database over another, or into a new file, through SQLite's backup API
 * (https://www.sqlite.org/backup.html): into the file that is there, under its locks, as one
 * transaction of it.
 *
 * @param proceed called after each step but the last, so at least once where there are two pages;
 *   what it throws undoes everything
 * @throws SqliteError 5 when either database is locked
 */
export async function nativeBackup(
  source: DatabaseSync,
  to: string,
  sqlite: NativeModule,
  proceed: () => void,
): Promise<void> {
  const { pages, size } = translateErrors(
    () =>
      source
        .prepare(
          'SELECT page_count AS pages, page_size AS size FROM pragma_page_count, pragma_page_size',
        )
        .get() as { pages: number; size: number },
  );
  const rate = Math.max(1, Math.min(Math.floor(stepBytes / size), Math.ceil(pages / 2)));
  try {
    await sqlite.backup(source, to, { rate, progress: proceed });
  } catch (error) {
    throw asSqliteError(error);
  }
}

/** Node tells of a locked database with the code 0, "not an error". */
function asSqliteError(error: unknown): unknown {
  try {
    return translateErrors(() => {
      throw error;
    });
  } catch (translated) {
    return translated instanceof SqliteError && translated.code === 0
      ? new SqliteError('database is locked', 5)
      : translated;
  }
}

/** See `Engine.snapshot`. */
export function copyDatabase(
  path: string,
  { maxBytes, historyTable }: CopyOptions,
  sqlite: NativeModule,
): LookResult<DatabaseCopy> {
  return look(
    path,
    (connection) => {
      const { bytes } = connection.get(
        'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
      )!;
      return Number(bytes) > maxBytes
        ? { kind: 'schema', bytes: cloneSchema(connection, historyTable, sqlite) }
        : { kind: 'full', bytes: databaseContent(connection as NativeConnection) };
    },
    sqlite,
  );
}

/** A connection's database as bytes; a transaction that only reads may be open, and is ended. */
export function databaseContent(connection: NativeConnection): Uint8Array {
  return connection.serialize() ?? throughFile(connection);
}

/**
 * For a Node whose SQLite does not serialize: through a file of ours that is gone at once. Unlike
 * `backup()`, which some of them lack as well, VACUUM INTO is synchronous, needs one read transaction
 * however busy the database is, and leaves no `-journal`
 * (https://www.sqlite.org/lang_vacuum.html#vacuum_with_an_into_clause).
 */
function throughFile(connection: NativeConnection): Uint8Array {
  const folder = new TemporaryFolder(asidePrefix);
  try {
    if (connection.inTransaction) {
      connection.exec('ROLLBACK');
    }
    connection.exec(`VACUUM INTO '${folder.copy.replaceAll("'", "''")}'`);
    return Uint8Array.from(readFileSync(folder.copy));
  } finally {
    folder.remove();
  }
}
