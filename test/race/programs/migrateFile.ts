// One contender: migrates a file by hand, without a sentinel, so that only the engine's own lock
// stands between it and the others. Arguments: file, wasm, engine, number of migrations.
import { type Connection, type ConnectionFactory, SqliteError } from '../../../src/core/connection';
import { LockstepError } from '../../../src/core/errors';
import { nativeEngine } from '../../../src/sqlite/native/nativeEngine';
import { sqlJsEngine } from '../../../src/sqlite/sqljs/sqlJsEngine';
import { sleep } from '../../../src/sqlite/databaseFile';

async function main(): Promise<void> {
  const [path, wasm, name, count] = process.argv.slice(2) as [string, string, string, string];
  const engine = name === 'native' ? nativeEngine() : await sqlJsEngine(wasm);
  const factory = engine.connections(path);
  for (let version = 1; version <= Number(count);) {
    const connection = begin(factory);
    try {
      if (isApplied(connection, version)) {
        connection.exec('ROLLBACK');
      } else {
        apply(connection, version);
        again(() => connection.exec('COMMIT'));
      }
      version++;
    } catch (error) {
      if (!isReplaced(error)) {
        throw error;
      }
    } finally {
      connection.close();
    }
  }
}

/** As a run does it: who has to wait closes the file meanwhile. */
function begin(factory: ConnectionFactory): Connection {
  return again(() => {
    const connection = factory.open({ foreignKeys: false });
    try {
      connection.exec('BEGIN IMMEDIATE');
      return connection;
    } catch (error) {
      connection.close();
      throw error;
    }
  });
}

function isApplied(connection: Connection, version: number): boolean {
  connection.exec('CREATE TABLE IF NOT EXISTS history(version PRIMARY KEY)');
  return connection.get('SELECT 1 FROM history WHERE version = ?', version) !== undefined;
}

/** Leaves a trace for each time it ran. */
function apply(connection: Connection, version: number): void {
  connection.exec('CREATE TABLE IF NOT EXISTS done(version, pid)');
  connection.all('INSERT INTO done VALUES (?, ?)', version, process.pid);
  connection.exec(`CREATE TABLE t${version}(a DEFAULT (hex(zeroblob(5000))))`);
  connection.exec(`INSERT INTO t${version} DEFAULT VALUES`);
  connection.all('INSERT INTO history VALUES (?)', version);
}

/**
 * Both engines say that the file was replaced: one asks the path, the other SQLite. Or another engine
 * was in the file at the last moment.
 */
function isReplaced(error: unknown): boolean {
  return (
    (error instanceof LockstepError &&
      ['database.replaced', 'writer.refused'].includes(error.code)) ||
    (error instanceof SqliteError && error.code === 1032)
  );
}

function again<T>(attempt: () => T): T {
  for (;;) {
    try {
      return attempt();
    } catch (error) {
      if (!(error instanceof SqliteError && error.isBusy)) {
        throw error;
      }
    }
    sleep(2 + 6 * Math.random());
  }
}

void main();
