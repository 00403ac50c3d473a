import { DatabaseSync } from 'node:sqlite';
import { plainTranslate } from '../../../src/messages/text';
import { defaultRehearsalLimits } from '../../../src/migrator/protocol';
import { schemaTexts, summary } from '../../../src/ui/presentation/summary';
import { median } from '../measure';
import type { BenchOptions } from '../options';
import { smallMigrations, type Workplace } from '../sample';
import { WarmWindow } from '../subjects';
import { ms, table } from '../table';

const mega = 2 ** 20;

/** From the command to the texts of the diff editor, and how long the window's host is held up. */
export async function benchPreview(
  { turns, large }: BenchOptions,
  place: Workplace,
): Promise<void> {
  const window = new WarmWindow();
  const rows: (string | number)[][] = [];
  for (const bytes of [mega, 64 * mega, large]) {
    const database = place.database();
    fill(database, bytes);
    for (const pending of [10, 1000]) {
      const folder = place.migrations(smallMigrations(pending));
      const times: number[] = [];
      let verdict = '';
      const block = new LongestBlock();
      for (let turn = 0; turn <= Math.min(turns, 3); turn++) {
        const start = performance.now();
        const rehearsal = await window.client.ask('preview', {
          target: { database, folders: [folder] },
          direction: 'up',
          goal: { kind: 'all' },
          transaction: 'grouped',
          engine: 'auto',
          trusted: true,
          limits: defaultRehearsalLimits,
        });
        await schemaTexts(rehearsal.schemaBefore, rehearsal.schemaAfter);
        summary(rehearsal, plainTranslate);
        verdict = rehearsal.verdict;
        if (turn > 0) {
          times.push(performance.now() - start);
        } else {
          block.reset();
        }
      }
      const size = `${Math.round(bytes / mega)} MB`;
      rows.push([`${size}, ${pending} pending`, ms(median(times)), ms(block.end()), verdict]);
    }
  }
  window.dispose();
  table('Preview, warm', ['', 'median ms', 'longest block ms', ''], rows);
}

/** The longest time that this process' event loop was away. */
class LongestBlock {
  private longest = 0;
  private last = performance.now();
  private readonly timer = setInterval(() => {
    const now = performance.now();
    this.longest = Math.max(this.longest, now - this.last - 1);
    this.last = now;
  }, 1);

  public reset(): void {
    this.longest = 0;
  }

  public end(): number {
    clearInterval(this.timer);
    return this.longest;
  }
}

/** A database of so many bytes in one table. */
function fill(path: string, bytes: number): void {
  const db = new DatabaseSync(path);
  // Below the size over which only the schema is tried.
  const rows = Math.floor(bytes / 4200);
  db.exec(`PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF;
    CREATE TABLE app (id INTEGER PRIMARY KEY, at TEXT, body BLOB);
    WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows})
      INSERT INTO app (at, body) SELECT i, randomblob(4000) FROM n;
    PRAGMA wal_checkpoint(TRUNCATE);`);
  db.close();
}
