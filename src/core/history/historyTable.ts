import type { Connection } from '../connection';
import { LockstepError } from '../errors';

/** The history table of one database, through one connection. */
export class HistoryStore {
  constructor(
    private readonly connection: Connection,
    private readonly table: HistoryTable,
  ) {}

  /**
   * All recorded versions; none when the table does not exist.
   * @throws `history.foreign` when the table is not the one this format writes,
   *   `history.otherTool` when there is none, but another tool's: it has applied who knows what,
   *   and starting from the first file would end in an error or worse
   */
  public versions(): string[] {
    if (this.exists()) {
      return this.connection.all(this.table.listSql).map((row) => String(row.version));
    }
    this.refuseOtherTool();
    return [];
  }

  /** Creates the table if it is not there. */
  public ensure(): void {
    if (!this.exists()) {
      this.connection.exec(this.table.createSql);
    }
  }

  public has(version: string): boolean {
    return this.connection.get(this.table.findSql, version) !== undefined;
  }

  public record(version: string): void {
    this.connection.all(this.table.insertSql, version);
  }

  public erase(version: string): void {
    this.connection.all(this.table.deleteSql, version);
  }

  private refuseOtherTool(): void {
    const tables = "SELECT name FROM main.sqlite_schema WHERE type = 'table'";
    for (const { name } of this.connection.all(tables)) {
      const tool = otherToolOf(String(name));
      if (tool) {
        throw new LockstepError('history.otherTool', { table: String(name), tool });
      }
    }
  }

  private exists(): boolean {
    const found = this.connection.get(historyTableLookSql, this.table.name);
    return checkHistoryTable(this.table, found as FoundTable | undefined) === 'ok';
  }
}

/** What the database says about the table of a name; a row of {@link historyTableLookSql}. */
export interface FoundTable {
  /** `type` of sqlite_schema. */
  readonly type: string;
  /** `sql` of sqlite_schema. */
  readonly sql: string;
  /** Names of its columns, hidden ones too, as a JSON array. */
  readonly columns: string;
  /** How many triggers stand on it. */
  readonly triggers: number;
}

/** One parameter: the table's name. At most one row, a {@link FoundTable}. */
export const historyTableLookSql = `
  select type, sql,
    (select json_group_array(name) from pragma_table_xinfo(t.name, 'main')) as columns,
    (select count(*) from main.sqlite_schema
      where type = 'trigger' and tbl_name = t.name collate nocase) as triggers
  from main.sqlite_schema t
  where type in ('table', 'view') and name = ? collate nocase`;

/**
 * Whether the history can be kept in the table found under its name. A view or a trigger could
 * swallow the row that says a migration is applied, or do more than that.
 *
 * @throws LockstepError `history.foreign` where it is somebody else's
 */
export function checkHistoryTable(
  table: HistoryTable,
  found: FoundTable | undefined,
): 'ok' | 'absent' {
  if (!found) {
    return 'absent';
  }
  if (found.type !== 'table' || !/^\s*create\s+table\b/i.test(found.sql)) {
    throw foreign(table, 'view');
  }
  const columns = (JSON.parse(found.columns) as string[]).map((name) => name.toLowerCase());
  if (columns.sort().join() !== [...table.columns].sort().join()) {
    throw foreign(table, 'columns', columns);
  }
  if (found.triggers > 0) {
    throw foreign(table, 'triggers');
  }
  return 'ok';
}

function foreign(
  { name }: HistoryTable,
  reason: 'view' | 'columns' | 'triggers',
  columns: readonly string[] = [],
): LockstepError {
  return new LockstepError('history.foreign', { table: name, reason, columns: columns.join(', ') });
}

/** The table of the user's database in which a format keeps its history. */
export interface HistoryTable {
  readonly name: string;
  /** Exactly these columns, in any order; else the table is somebody else's. */
  readonly columns: readonly string[];
  /** Creates it as the format's own tool would, if it does not exist. */
  readonly createSql: string;
  /** One parameter: the version. */
  readonly insertSql: string;
  /** One parameter: the version. */
  readonly deleteSql: string;
  /** One parameter: the version; a row when it is applied. */
  readonly findSql: string;
  /** All versions, column `version`. */
  readonly listSql: string;
}

/** The history tables of other tools, in lower case, and the tools they belong to. */
const tools: ReadonlyMap<string, string> = new Map([
  ['goose_db_version', 'goose'],
  ['_sqlx_migrations', 'sqlx'],
  ['d1_migrations', 'Cloudflare D1'],
  ['__drizzle_migrations', 'Drizzle'],
  ['_prisma_migrations', 'Prisma'],
  ['flyway_schema_history', 'Flyway'],
  ['databasechangelog', 'Liquibase'],
  ['django_migrations', 'Django'],
  ['alembic_version', 'Alembic'],
  ['knex_migrations', 'Knex'],
  ['sequelizemeta', 'Sequelize'],
  ['__diesel_schema_migrations', 'Diesel'],
  ['_yoyo_migration', 'yoyo'],
  ['_yoyo_migrations', 'yoyo'],
  ['kysely_migration', 'Kysely'],
  ['gorp_migrations', 'sql-migrate'],
  ['atlas_schema_revisions', 'Atlas'],
  ['ar_internal_metadata', 'Rails'],
  ['__efmigrationshistory', 'Entity Framework'],
  ['mikro_orm_migrations', 'MikroORM'],
  ['typeorm_migrations', 'TypeORM'],
  ['refinery_schema_history', 'refinery'],
  ['schemaversion', 'Postgrator'],
]);

/** The tool that keeps its history in a table of this name. */
export function otherToolOf(tableName: string): string | undefined {
  return tools.get(tableName.toLowerCase());
}

const name = 'schema_migrations';
const table = `main."${name}"`;

/**
 * The history as dbmate keeps it
 * (https://github.com/amacneil/dbmate/blob/main/pkg/driver/sqlite/sqlite.go): SQLite stores the same
 * text of CREATE TABLE whichever of the two creates it.
 */
export const schemaMigrations: HistoryTable = {
  name,
  columns: ['version'],
  createSql: `create table if not exists ${table} (version varchar(128) primary key)`,
  insertSql: `insert into ${table} (version) values (?)`,
  deleteSql: `delete from ${table} where version = ?`,
  findSql: `select version from ${table} where version = ?`,
  listSql: `select version from ${table}`,
};

const number = `ltrim(?1, '0')`;
const written = Array.from({ length: 10 }, (_, zeros) => `'${'0'.repeat(zeros)}' || ${number}`);

/**
 * The same table, for numbers: `1`, `01` and `001` are one version, so that a run finds a migration
 * that was recorded when its file was called otherwise. A list of values, so that the index is used.
 */
export const plainHistory: HistoryTable = {
  ...schemaMigrations,
  findSql: `select version from main."${schemaMigrations.name}" where version in (?1, ${written.join(', ')})`,
};
