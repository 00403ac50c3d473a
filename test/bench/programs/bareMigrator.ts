// What every migrator has to do at least: wait for the write lock, look what is applied, apply the
// rest, commit. Arguments: database, number of migrations.
import { DatabaseSync } from 'node:sqlite';
import { smallMigrations } from '../sample';

const [database, many] = process.argv.slice(2) as [string, string];
const db = new DatabaseSync(database, { timeout: 0 });
for (;;) {
  try {
    db.exec('BEGIN IMMEDIATE');
    break;
  } catch {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 + 6 * Math.random());
  }
}
db.exec('create table if not exists schema_migrations (version varchar(128) primary key)');
const rows = db.prepare('select version from schema_migrations').all();
const applied = new Set(rows.map(({ version }) => version));
for (const { version, sql } of smallMigrations(Number(many))) {
  if (!applied.has(version)) {
    db.exec(sql);
    db.prepare('insert into schema_migrations (version) values (?)').run(version);
  }
}
for (;;) {
  try {
    db.exec('COMMIT');
    break;
  } catch {
    Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 2 + 6 * Math.random());
  }
}
db.close();
