import assert from 'node:assert/strict';
import { createHash } from 'node:crypto';
import { existsSync, readFileSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import type { Goal, Target } from '../../src/core/model';
import { defaultWaitLimits } from '../../src/core/run/runRequest';
import { defaultRehearsalLimits } from '../../src/migrator/protocol';
import { copySample } from '../support/copySample';
import { AppWriter } from './support/appWriter';
import { useService } from '../support/service';

/** Of each sample: how its rehearsal ends. `slow` takes as long as it likes. */
const expected: Record<string, RegExp> = {
  failing: /^fails$/,
  notes: /^works$/,
  shop: /^works$/,
  slow: /^(works|cannot)$/,
};

describe('a rehearsal of the samples', () => {
  const service = useService();

  it('is tried with each of them', () => {
    assert.deepEqual(readdirSync('migrations-samples').sort(), Object.keys(expected));
  });

  for (const [name, verdict] of Object.entries(expected)) {
    it(`changes no byte beside an app, and says what the run does: ${name}`, async () => {
      const folder = await copySample(name);
      const migrations = ['migrations', 'db/migrations']
        .map((path) => join(folder, path))
        .find(existsSync)!;
      const database = join(folder, 'sample.db');
      const target: Target = { database, folders: [migrations] };
      const ask = { target, direction: 'up', engine: 'auto', transaction: 'grouped' } as const;
      const goal: Goal = { kind: 'all' };
      const seen = (): unknown => [
        readdirSync(folder, { recursive: true }),
        ['', '-wal'].map((suffix) => hash(database + suffix)),
      ];
      const app = new AppWriter(database, 'WAL');
      try {
        assert.equal(await app.says(), 'open');
        const before = seen();
        const limits = { ...defaultRehearsalLimits, maxMs: name === 'slow' ? 300 : 10_000 };
        const tried = await service.preview({ ...ask, goal, trusted: true, limits });
        assert.match(tried.verdict, verdict);
        assert.equal(tried.copy.kind, 'full');
        assert.deepEqual(seen(), before);
        if (name === 'slow') {
          return;
        }
        const owner = { kind: 'terminal', version: '0' } as const;
        const run = { ...ask, goal, owner, wait: defaultWaitLimits };
        const result = await service.run(run);
        assert.equal(result.outcome, tried.verdict === 'works' ? 'done' : 'failed');
        assert.deepEqual(result.error?.place, tried.error?.place);
        const rest = await service.preview({ ...ask, goal, trusted: true, limits });
        assert.deepEqual(rest.schemaBefore, tried.schemaAfter, 'the schema that was foretold');
      } finally {
        await app.end();
      }
    });
  }
});

function hash(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex');
}
