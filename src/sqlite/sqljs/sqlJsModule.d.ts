/** The part of sql.js that Lockstep uses; the package has no types of its own. */
declare module 'sql.js' {
  type Value = null | number | bigint | string | Uint8Array;

  interface Statement {
    bind(values: readonly Value[]): boolean;
    /** Whether there is a row. */
    step(): boolean;
    getAsObject(params: null, config: { useBigInt: true }): Record<string, Value>;
    free(): boolean;
  }

  interface Database {
    /** Runs all statements; rows are discarded. */
    run(sql: string): Database;
    prepare(sql: string): Statement;
    /** The database as a file in rollback mode; throws while a write transaction is open. */
    export(): Uint8Array;
    close(): void;
  }

  interface SqlJs {
    /** Takes over `bytes` and writes into them. */
    readonly Database: new (bytes?: Uint8Array) => Database;
  }

  function initSqlJs(options: {
    locateFile(name: string): string;
    /** False: no functions of an old contributed extension, with warnings on the console. */
    useOldExtensionFunctions: boolean;
  }): Promise<SqlJs>;

  export default initSqlJs;
  export type { Database, SqlJs, Statement };
}
