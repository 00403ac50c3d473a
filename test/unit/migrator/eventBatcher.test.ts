import assert from 'node:assert/strict';
import type { MigrationRef } from '../../../src/core/model';
import type { RunEvent } from '../../../src/core/run/runEvents';
import { EventBatcher, StepWatcher } from '../../../src/migrator/eventBatcher';
import { until } from '../../support/until';

const refs: MigrationRef[] = [1, 2, 3, 4].map((n) => ({
  version: `${n}`,
  id: `${n}`,
  name: `${n}`,
}));
const steps = refs.length;
const planned: RunEvent = { type: 'planned', direction: 'up', steps: refs };

function started(step: number): RunEvent {
  return { type: 'stepStarted', direction: 'up', migration: refs[step - 1], step, steps };
}

function done(step: number): RunEvent {
  const result = { migration: refs[step - 1], direction: 'up', ms: 1, rows: 0 } as const;
  return { type: 'stepDone', done: result, step, steps };
}

function replaying(step: number): RunEvent {
  return { type: 'replaying', migration: refs[step - 1] };
}

function already(step: number): RunEvent {
  return { type: 'alreadyDone', migration: refs[step - 1] };
}

/** `started 1`, `planned`, … */
function short(event: RunEvent): string {
  const step = 'step' in event ? ` ${event.step}` : '';
  return event.type.replace('step', '').toLowerCase() + step;
}

describe('EventBatcher', () => {
  function send(events: readonly RunEvent[], isShown = true): { sent: string[]; shown: number[] } {
    const sent: string[] = [];
    const shown: number[] = [];
    const batcher = new EventBatcher(
      (batch) => sent.push(batch.map(short).join(', ')),
      isShown ? (step) => shown.push(step) : undefined,
    );
    events.forEach((event) => batcher.add(event));
    batcher.flush();
    return { sent, shown };
  }

  it('sends the first step of a group, then the others when the next begins, and shows each', () => {
    const { sent, shown } = send([planned, started(1), started(2), done(1), done(2), started(3)]);
    assert.deepEqual(sent, ['planned', 'started 1', 'started 2, done 1, done 2, started 3']);
    assert.deepEqual(shown, [0, 1, 2, 3]);
  });

  it('sends everything else at once, in order, and forgets what it showed', () => {
    const { sent, shown } = send([started(1), started(2), replaying(2), started(1)]);
    assert.deepEqual(sent, ['started 1', 'started 2, replaying', 'started 1']);
    assert.deepEqual(shown, [1, 2, 0, 1]);
  });

  it('sends each beginning at once where it cannot show it', () => {
    const { sent } = send([started(1), started(2), done(1), done(2)], false);
    assert.deepEqual(sent, ['started 1', 'started 2', 'done 1, done 2']);
  });
});

describe('StepWatcher', () => {
  let current: number;
  let passed: string[];
  let watcher: StepWatcher;
  beforeEach(() => {
    current = 0;
    passed = [];
    watcher = new StepWatcher(
      'up',
      () => current,
      (events) => passed.push(...events.map(short)),
    );
    watcher.receive([planned]);
  });
  afterEach(() => watcher.end());

  it('passes on by itself that a step has begun', async () => {
    current = 2;
    await until(() => passed.length > 1);
    assert.deepEqual(passed, ['planned', 'started 1', 'started 2']);
  });

  it('passes on each beginning once, however it hears of it', () => {
    current = 2;
    watcher.poll();
    watcher.receive([started(1), started(2), started(3), done(1), done(2), done(3)]);
    watcher.poll();
    assert.deepEqual(passed, [
      ...['planned', 'started 1', 'started 2', 'started 3'],
      ...['done 1', 'done 2', 'done 3'],
    ]);
  });

  it('begins once more with what is left when a group is replayed', () => {
    watcher.receive([started(1), done(1), already(2), started(3), started(4), replaying(4)]);
    current = 3;
    watcher.poll();
    watcher.receive([started(3)]);
    assert.deepEqual(passed.slice(-2), ['replaying', 'started 3']);
  });

  it('believes no number that was not planned', () => {
    current = 99;
    watcher.poll();
    assert.deepEqual(passed.length, 1 + steps);
  });
});
