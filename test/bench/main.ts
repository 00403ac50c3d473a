// Measures Lockstep beside its peers and beside the least that has to be done; prints tables and
// writes nothing that stays. Usage: npm run bench -- [--peers] [--only migrations,noop,…] [--turns N]
// [--sizes 8,100,1000] [--racers 10,20] [--large GB]
import { cpus } from 'node:os';
import { parseArgs } from 'node:util';
import { benchEditing } from './cases/editing';
import { benchActivation } from './cases/activation';
import { benchMemory } from './cases/memory';
import { benchMigrations } from './cases/migrations';
import { benchNoop } from './cases/noop';
import { benchPreview } from './cases/preview';
import { benchRacers } from './cases/racers';
import { benchStatus } from './cases/status';
import { benchWaiting } from './cases/waiting';
import type { BenchOptions } from './options';
import { installedPeers, type Peer } from './peers';
import { Workplace } from './sample';

type Case = (options: BenchOptions, place: Workplace, peers: readonly Peer[]) => Promise<void>;

const cases: Record<string, Case> = {
  migrations: benchMigrations,
  noop: benchNoop,
  racers: benchRacers,
  waiting: benchWaiting,
  status: benchStatus,
  activation: benchActivation,
  editing: benchEditing,
  memory: benchMemory,
  preview: benchPreview,
};

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: Object.keys(cases).join() },
    turns: { type: 'string', default: '15' },
    sizes: { type: 'string', default: '8,100,1000' },
    racers: { type: 'string', default: '10,20' },
    large: { type: 'string', default: '1' },
  },
});

async function main(): Promise<void> {
  const numbers = (text: string): number[] => text.split(',').map(Number);
  const options = {
    turns: Number(values.turns),
    sizes: numbers(values.sizes),
    racers: numbers(values.racers),
    large: Number(values.large) * 2 ** 30,
  };
  const peers = installedPeers();
  console.log(
    `Node ${process.version}, ${process.platform} ${process.arch}, ${cpus().length} processors; ` +
      'medians, ratios as medians of the turns. Window: from request to result, process warm; ' +
      'terminal, dbmate and peers: the whole process. “!!” misses the goal that follows.',
  );
  if (peers.length === 0) {
    console.log('drizzle, knex and umzug are skipped; npm run bench -- --peers installs them.');
  }
  for (const name of values.only.split(',')) {
    const place = new Workplace();
    try {
      await cases[name](options, place, peers);
    } finally {
      place.remove();
    }
  }
}

void main().then(
  () => process.exit(0),
  (error) => {
    console.error(error);
    process.exit(1);
  },
);
