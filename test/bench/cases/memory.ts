import { readFileSync, statSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { BenchOptions } from '../options';
import { smallMigrations, type Workplace } from '../sample';
import { WarmWindow } from '../subjects';
import { table } from '../table';

/** What of the computer a window's migrator takes, and what of the disk the extension. */
export async function benchMemory({ large }: BenchOptions, place: Workplace): Promise<void> {
  const rows: string[][] = [];
  const vsix = process.env.LOCKSTEP_VSIX;
  if (vsix) {
    rows.push(['the .vsix', `${(statSync(vsix).size / 1024).toFixed(0)} KB`, '1024 KB']);
  }
  if (process.platform === 'linux') {
    const [now, most] = await memoryAt(large, place);
    const what = `the child, a database of ${(large / 2 ** 30).toFixed(2)} GB`;
    rows.push([`${what}, after a run`, now, '110 MB'], [`${what}, at most`, most, '']);
  }
  table('Size', ['', 'measured', 'goal'], rows);
}

/** A look, then a run that reads every page. */
async function memoryAt(bytes: number, place: Workplace): Promise<[string, string]> {
  const database = place.database();
  fill(database, bytes);
  const window = new WarmWindow();
  const folder = place.migrations([
    ...smallMigrations(1),
    { version: '2', name: '2_index', sql: 'CREATE INDEX by_n ON large (n);' },
  ]);
  await window.client.ask('status', { database, folders: [folder] });
  await window.mustRun(database, folder);
  await window.client.ask('status', { database, folders: [folder] });
  const status = readFileSync(`/proc/${window.client.pid}/status`, 'utf8');
  window.dispose();
  return [megabytes(status, 'VmRSS'), megabytes(status, 'VmHWM')];
}

function megabytes(status: string, field: string): string {
  const kilobytes = Number(new RegExp(`${field}:\\s+(\\d+) kB`).exec(status)?.[1]);
  return `${(kilobytes / 1024).toFixed(0)} MB`;
}

function fill(database: string, bytes: number): void {
  const db = new DatabaseSync(database);
  const row = 3_000;
  db.exec(`PRAGMA journal_mode=off; PRAGMA synchronous=off; CREATE TABLE large (n, x);
    INSERT INTO large SELECT i, zeroblob(${row}) FROM (WITH RECURSIVE c(i) AS
      (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${Math.ceil(bytes / (row + 100))})
      SELECT i FROM c)`);
  db.close();
}
