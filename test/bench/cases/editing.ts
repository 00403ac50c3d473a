import { statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { defaultRehearsalLimits } from '../../../src/migrator/protocol';
import { median, timed } from '../measure';
import type { BenchOptions } from '../options';
import { smallMigrations, type Workplace } from '../sample';
import { WarmWindow } from '../subjects';
import { ms, table } from '../table';

const megabyte = 1024 * 1024;
/** Milliseconds that a window waits after the last key. */
const quietMs = 150;

/** From the last key to what is wrong: a window's wait, then the check of an unsaved text. */
export async function benchEditing(
  { turns, large }: BenchOptions,
  place: Workplace,
): Promise<void> {
  const rows: (string | undefined)[][] = [];
  for (const bytes of [megabyte, 60 * megabyte, large]) {
    const database = place.database();
    fill(database, bytes);
    for (const pending of [10, 1000]) {
      const folder = place.migrations(smallMigrations(pending));
      const times = await checks(database, folder, pending, turns);
      const size = `${Math.round(statSync(database).size / megabyte)} MB, ${pending} pending`;
      const goal = bytes === megabyte ? '500' : '';
      const [opened, key, written] = times;
      rows.push([size, ms(opened), ms(key + quietMs), goal, ms(written + quietMs)]);
    }
  }
  table(
    'The last of the pending migrations while it is written',
    ['', 'opened, cold', 'key to squiggle', 'goal', 'after a write to the database'],
    rows,
  );
}

/** The first check of a window, one after a key, and one after a key and a row of the app's. */
async function checks(
  database: string,
  folder: string,
  pending: number,
  turns: number,
): Promise<[number, number, number]> {
  const window = new WarmWindow();
  await window.client.ask('status', { database, folders: [folder] });
  const { name, sql } = smallMigrations(pending).at(-1)!;
  const file = join(folder, `${name}.sql`);
  let typed = 0;
  /** Right and wrong in turn, and never the same twice. */
  const check = async (): Promise<void> => {
    const wrong = ++typed % 2 === 0;
    const statement = wrong ? 'INSERT INTO data VALUES (1, 2, 3, 4);' : sql;
    const result = await window.client.ask('check', {
      target: { database, folders: [folder] },
      file,
      text: `-- migrate:up\n-- ${typed}\n${statement}\n-- migrate:down\n`,
      engine: 'auto',
      trusted: true,
      limits: defaultRehearsalLimits,
    });
    if (result.state !== 'pending' || result.blockedBy || result.problems.length > 0 !== wrong) {
      throw new Error(JSON.stringify(result).slice(0, 1000));
    }
  };
  const opened = await timed(check);
  await check();
  const keys: number[] = [];
  const written: number[] = [];
  for (let turn = 0; turn < turns; turn++) {
    keys.push(await timed(check));
  }
  for (let turn = 0; turn < Math.min(turns, 7); turn++) {
    exec(database, "INSERT INTO data (text) VALUES ('x')");
    written.push(await timed(check));
  }
  window.dispose();
  return [opened, median(keys), median(written)];
}

function fill(database: string, bytes: number): void {
  writeFileSync(database, '');
  exec(
    database,
    `CREATE TABLE data (id INTEGER PRIMARY KEY, text TEXT, n INTEGER);
     WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${Math.floor(bytes / 1030)})
     INSERT INTO data SELECT i, hex(zeroblob(500)), i FROM n;`,
  );
}

function exec(database: string, sql: string): void {
  const db = new DatabaseSync(database);
  try {
    db.exec(`PRAGMA synchronous = OFF; ${sql}`);
  } finally {
    db.close();
  }
}
