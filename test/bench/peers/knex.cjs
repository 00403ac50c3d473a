// Knex's own migrator with its defaults. Arguments: database, folder with migrations in JavaScript.
const knex = require('knex');

const [filename, directory] = process.argv.slice(2);
const db = knex({ client: 'better-sqlite3', connection: { filename }, useNullAsDefault: true });
db.migrate
  .latest({ directory })
  .then(() => db.destroy())
  .catch((error) => {
    console.error(error);
    process.exit(1);
  });
