import { inTurns, median, timed, type Measure } from '../measure';
import type { BenchOptions } from '../options';
import { smallMigrations, type Workplace } from '../sample';
import { floor, WarmWindow } from '../subjects';
import { ms, table } from '../table';

/** What a window does whenever something has changed. */
export async function benchStatus({ turns }: BenchOptions, place: Workplace): Promise<void> {
  const window = new WarmWindow();
  const look = (database: string, folder: string): Measure => {
    const target = { database, folders: [folder] };
    return () =>
      timed(async () => {
        const { error } = await window.client.ask('status', target);
        if (error) {
          throw new Error(JSON.stringify(error));
        }
      });
  };
  const database = place.database();
  floor(database, smallMigrations(1000), 'one');
  const many = smallMigrations(10_000);
  const subjects: Record<string, Measure> = {
    '1000 applied, 10 pending': look(database, place.migrations(smallMigrations(1010))),
    '10000 files, no database': look(place.database(), place.migrations(many)),
  };
  const times = await inTurns(subjects, turns);
  const fresh = place.migrations(many);
  const first = await look(place.database(), fresh)();
  window.dispose();
  const goals = [50, 500];
  table(
    'Status, warm',
    ['', 'median ms', 'goal'],
    [
      ...Object.keys(subjects).map((name, at) => [name, ms(median(times.get(name)!)), goals[at]]),
      ['10000 files, seen for the first time', ms(first), ''],
    ],
  );
}
