// The long form: npm run torture -- --minutes N --seed S [--round R] [--rounds N] [--size short]
import { parseArgs } from 'node:util';
import { Torture } from './torture';

const { values } = parseArgs({
  options: {
    minutes: { type: 'string', default: '10' },
    seed: { type: 'string', default: String(Math.floor(Math.random() * 1e9)) },
    round: { type: 'string' },
    rounds: { type: 'string', default: 'Infinity' },
    size: { type: 'string', default: 'long' },
    verbose: { type: 'boolean', default: false },
    'keep-going': { type: 'boolean', default: false },
  },
});

async function main(): Promise<number> {
  const seed = Number(values.seed);
  const size = values.size === 'short' ? 'short' : 'long';
  const first = Number(values.round ?? 1);
  const rounds = values.round === undefined ? Number(values.rounds) : 1;
  const torture = new Torture(seed, values.verbose);
  const start = performance.now();
  const minutes = (): number => (performance.now() - start) / 60_000;
  console.log(`seed ${seed}; the same again: npm run torture -- --seed ${seed}`);
  let failures = 0;
  process.on('SIGINT', () => {
    summary();
    process.exit(130);
  });
  for (let round = first; round < first + rounds && minutes() < Number(values.minutes); round++) {
    const fault = await torture.run(round, size);
    if (fault) {
      failures++;
      console.log(
        `\n${fault}\nOnly this round: npm run torture -- --seed ${seed} --round ${round}`,
      );
      if (!values['keep-going']) {
        break;
      }
    } else {
      process.stdout.write(`round ${round} is fine, ${minutes().toFixed(1)} min\n`);
    }
  }
  summary();
  torture.dispose();
  return failures ? 1 : 0;

  function summary(): void {
    console.log(`\nseed ${seed}, ${minutes().toFixed(1)} minutes, ${failures} failed`);
    console.log(torture.counts.lines().join('\n'));
  }
}

void main().then((code) => process.exit(code));
