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
