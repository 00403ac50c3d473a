import { join } from 'node:path';
import { defaultBackupOptions } from '../../../src/core/model';
import { defaultRehearsalLimits } from '../../../src/migrator/protocol';
import { inTurns, median, ratio, timed, type Measure } from '../measure';
import type { BenchOptions } from '../options';
import type { Peer } from '../peers';
import { smallMigrations, type Workplace } from '../sample';
import { dbmate, floor, terminal, WarmWindow } from '../subjects';
import { against, ms, table } from '../table';

/** Small migrations on a fresh file. */
export async function benchMigrations(
  { sizes, turns }: BenchOptions,
  place: Workplace,
  peers: readonly Peer[],
): Promise<void> {
  for (const size of sizes) {
    const migrations = smallMigrations(size);
    const known = place.migrations(migrations);
    const window = new WarmWindow();
    const defaults = {
      backup: defaultBackupOptions,
      rehearse: { mode: 'auto', maxBytes: defaultRehearsalLimits.maxBytes },
    } as const;
    const subjects: Record<string, Measure> = {
      'floor, one commit': () => timed(() => floor(place.database(), migrations, 'one')),
      'floor, one commit each': () => timed(() => floor(place.database(), migrations, 'each')),
      window: () => timed(() => window.mustRun(place.database(), known)),
      'window, files new to it': () => {
        const fresh = place.migrations(migrations);
        return timed(() => window.mustRun(place.database(), fresh));
      },
      'window, defaults': () => timed(() => window.mustRun(place.database(), known, defaults)),
      terminal: () => timed(() => terminal(place.database(), known)),
      'terminal, defaults': () => timed(() => terminal(place.database(), known, 'defaults')),
      dbmate: () => timed(() => dbmate(place.database(), known)),
    };
    for (const peer of peers) {
      const folder = join(place.home, `${peer.name}${size}`);
      peer.prepare(folder, migrations);
      subjects[peer.name] = () => timed(() => peer.run(place.database(), folder));
    }
    const times = await inTurns(subjects, size >= 1000 ? Math.min(turns, 7) : turns);
    window.dispose();
    table(
      `${size} small migrations on a fresh file`,
      ['', 'ms', 'of dbmate', 'of the floor'],
      Object.keys(subjects).map((name) => [
        name,
        ms(median(times.get(name)!)),
        against(ratio(times, name, 'dbmate'), goalToDbmate(name, size)),
        against(
          ratio(times, name, 'floor, one commit'),
          name === 'window' && size === 1000 ? 1.3 : undefined,
        ),
      ]),
    );
  }
}

function goalToDbmate(name: string, size: number): number | undefined {
  if (name === 'window') {
    return 0.15;
  }
  return name === 'terminal' ? { 1000: 0.25, 100: 0.9 }[size] : undefined;
}
