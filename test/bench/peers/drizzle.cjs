// Drizzle's own migrator with its defaults. Arguments: database, folder with meta/_journal.json.
const Database = require('better-sqlite3');
const { drizzle } = require('drizzle-orm/better-sqlite3');
const { migrate } = require('drizzle-orm/better-sqlite3/migrator');

const [database, migrationsFolder] = process.argv.slice(2);
const db = new Database(database);
migrate(drizzle(db), { migrationsFolder });
db.close();
