import type { HistoryTable } from './historyTable';

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
