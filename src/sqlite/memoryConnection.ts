import type { Database, SqlJs } from 'sql.js';
import type { Connection, Row, SqlValue } from '../core/connection';
import { plainRow } from './row';
import { translateSqlJsErrors } from './sqlJsError';

/** A connection to a database in memory, through sql.js. Nothing it does reaches a file. */
export class MemoryConnection implements Connection {
  readonly engine = 'sqljs';
  private readonly database: Database;
  private closed = false;

  /** @param bytes of a database file; they are taken over and written into */
  constructor(
    sqlJs: SqlJs,
    readonly sqliteVersion: string,
    bytes?: Uint8Array,
  ) {
    this.database = translateSqlJsErrors(() => new sqlJs.Database(bytes));
  }

  /** sql.js does not tell, so it is found out: a transaction does not begin inside another. */
  get inTransaction(): boolean {
    try {
      this.database.run('BEGIN');
    } catch {
      return true;
    }
    this.database.run('ROLLBACK');
    return false;
  }

  exec(sql: string): void {
    translateSqlJsErrors(() => this.database.run(sql));
  }

  all(sql: string, ...params: SqlValue[]): Row[] {
    return [...this.iterate(sql, ...params)];
  }

  get(sql: string, ...params: SqlValue[]): Row | undefined {
    const [row] = this.iterate(sql, ...params);
    return row;
  }

  *iterate(sql: string, ...params: SqlValue[]): IterableIterator<Row> {
    const statement = translateSqlJsErrors(() => this.database.prepare(sql));
    try {
      translateSqlJsErrors(() => statement.bind(params));
      while (translateSqlJsErrors(() => statement.step())) {
        yield plainRow(statement.getAsObject(null, { useBigInt: true }));
      }
    } finally {
      statement.free();
    }
  }

  totalChanges(): number {
    return Number(this.get('SELECT total_changes() AS n')!.n);
  }

  /** The database as a file in rollback mode. No write transaction may be open. */
  bytes(): Uint8Array {
    return translateSqlJsErrors(() => this.database.export());
  }

  /** There is no file. */
  assertSameFile(): void {}

  /** There is no file. */
  flush(): void {}

  close(): void {
    if (!this.closed) {
      this.closed = true;
      this.database.close();
    }
  }
}
