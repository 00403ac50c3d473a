import { join } from 'node:path';
import { inTurns, median, ratio, timed, type Measure } from '../measure';
import type { BenchOptions } from '../options';
import { smallMigrations, type Workplace } from '../sample';
import { dbmateArgs, runProcess, terminalArgs } from '../subjects';
import { against, ms, table } from '../table';

const steps = 8;

/** So many start at once on a fresh file; until the last of them has ended. */
export async function benchRacers(
  { racers, turns }: BenchOptions,
  place: Workplace,
): Promise<void> {
  const folder = place.migrations(smallMigrations(steps));
  const bare = join(__dirname, 'programs', 'bareMigrator.js');
  for (const many of racers) {
    let dbmateFailures = 0;
    const race = (start: (database: string) => Promise<unknown>): Measure => {
      return () => {
        const database = place.database();
        const all = Array.from({ length: many }, () => start(database));
        return timed(() => Promise.all(all));
      };
    };
    const subjects: Record<string, Measure> = {
      'bare script': race((path) => runProcess(process.execPath, [bare, path, String(steps)])),
      terminals: race((path) => runProcess(process.execPath, terminalArgs(path, folder, 'bare'))),
      'terminals, defaults': race((path) =>
        runProcess(process.execPath, terminalArgs(path, folder, 'defaults')),
      ),
      dbmate: race((path) =>
        runProcess(...dbmateArgs(path, folder)).catch(() => void dbmateFailures++),
      ),
    };
    const times = await inTurns(subjects, Math.min(turns, 9));
    table(
      `${many} racers on a fresh file, ${steps} small migrations, until the last has ended`,
      ['', 'ms', 'of the bare script', 'failed'],
      Object.keys(subjects).map((name) => [
        name,
        ms(median(times.get(name)!)),
        against(ratio(times, name, 'bare script'), name === 'terminals' ? 2 : undefined),
        name === 'dbmate' ? `${dbmateFailures} of ${many * (Math.min(turns, 9) + 1)}` : '0',
      ]),
    );
  }
}
