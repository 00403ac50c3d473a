// Umzug, with the few lines that everybody has to write for it. Arguments: database, folder with SQL.
const { readFileSync } = require('node:fs');
const Database = require('better-sqlite3');
const { Umzug } = require('umzug');

const [database, folder] = process.argv.slice(2);
const db = new Database(database);
const umzug = new Umzug({
  migrations: {
    glob: ['*.sql', { cwd: folder }],
    resolve: ({ name, path }) => ({
      name,
      up: async () => db.exec(readFileSync(path, 'utf8')),
    }),
  },
  storage: {
    logMigration: async ({ name }) => db.prepare('insert into umzug values (?)').run(name),
    unlogMigration: async ({ name }) => db.prepare('delete from umzug where name = ?').run(name),
    executed: async () => {
      db.exec('create table if not exists umzug (name text primary key)');
      return db
        .prepare('select name from umzug')
        .all()
        .map(({ name }) => name);
    },
  },
  logger: undefined,
});
umzug.up().then(
  () => db.close(),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
