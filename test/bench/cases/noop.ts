import { DatabaseSync } from 'node:sqlite';
import { join } from 'node:path';
import { inTurns, median, ratio, timed, type Measure } from '../measure';
import type { BenchOptions } from '../options';
import type { Peer } from '../peers';
import { smallMigrations, type Workplace } from '../sample';
import { dbmate, floor, terminal, WarmWindow } from '../subjects';
import { against, ms, table } from '../table';

/** Nothing to do, which is how most runs end. */
export async function benchNoop(
  { turns }: BenchOptions,
  place: Workplace,
  peers: readonly Peer[],
): Promise<void> {
  const migrations = smallMigrations(1000);
  const folder = place.migrations(migrations);
  const database = place.database();
  floor(database, migrations, 'one');
  const window = new WarmWindow();
  const subjects: Record<string, Measure> = {
    'open and read the history': () => timed(() => readHistory(database)),
    window: () => timed(() => window.mustRun(database, folder)),
    terminal: () => timed(() => terminal(database, folder)),
    dbmate: () => timed(() => dbmate(database, folder)),
  };
  for (const peer of peers) {
    const own = join(place.home, `${peer.name}-noop`);
    const path = place.database();
    peer.prepare(own, migrations);
    await peer.run(path, own);
    subjects[peer.name] = () => timed(() => peer.run(path, own));
  }
  const times = await inTurns(subjects, turns);
  window.dispose();
  table(
    'Nothing to do, 1000 applied',
    ['', 'ms', 'of dbmate'],
    Object.keys(subjects).map((name) => [
      name,
      ms(median(times.get(name)!)),
      against(ratio(times, name, 'dbmate'), name === 'window' ? 0.3 : undefined),
    ]),
  );
}

function readHistory(database: string): void {
  const db = new DatabaseSync(database, { readOnly: true });
  db.prepare('select version from schema_migrations').all();
  db.close();
}
