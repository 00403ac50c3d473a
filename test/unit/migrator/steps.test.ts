import assert from 'node:assert/strict';
import type { MigrationRef } from '../../../src/core/model';
import type { RunEvent } from '../../../src/core/run/runEvents';
import { StepsSeen } from '../../../src/migrator/service/lockedRun';
import { StepsTold } from '../../../src/migrator/thread/threadServer';
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

describe('StepsTold', () => {
  function tell(events: readonly RunEvent[], isShown = true): { told: string[]; shown: number[] } {
    const told: string[] = [];
    const shown: number[] = [];
    const steps = new StepsTold(
      (each) => told.push(each.map(short).join(', ')),
      isShown ? (step) => shown.push(step) : undefined,
    );
    events.forEach((event) => steps.add(event));
    steps.send();
    return { told, shown };
  }

  it('tells the first step of a group, then the others when the next begins, and shows each', () => {
    const { told, shown } = tell([planned, started(1), started(2), done(1), done(2), started(3)]);
    assert.deepEqual(told, ['planned', 'started 1', 'started 2, done 1, done 2, started 3']);
    assert.deepEqual(shown, [0, 1, 2, 3]);
  });

  it('tells everything else at once, in order, and forgets what it showed', () => {
    const { told, shown } = tell([started(1), started(2), replaying(2), started(1)]);
    assert.deepEqual(told, ['started 1', 'started 2, replaying', 'started 1']);
    assert.deepEqual(shown, [1, 2, 0, 1]);
  });

  it('tells each beginning at once where it cannot show it', () => {
    const { told } = tell([started(1), started(2), done(1), done(2)], false);
    assert.deepEqual(told, ['started 1', 'started 2', 'done 1, done 2']);
  });
});

describe('StepsSeen', () => {
  let current: number;
  let passed: string[];
  let seen: StepsSeen;
  beforeEach(() => {
    current = 0;
    passed = [];
    seen = new StepsSeen(
      'up',
      () => current,
      (event) => passed.push(short(event)),
    );
    seen.add(planned);
  });
  afterEach(() => seen.end());

  it('passes on by itself that a step has begun', async () => {
    current = 2;
    await until(() => passed.length > 1);
    assert.deepEqual(passed, ['planned', 'started 1', 'started 2']);
  });

  it('passes on each beginning once, however it hears of it', () => {
    current = 2;
    seen.look();
    [started(1), started(2), started(3), done(1), done(2), done(3)].forEach((event) =>
      seen.add(event),
    );
    seen.look();
    assert.deepEqual(passed, [
      ...['planned', 'started 1', 'started 2', 'started 3'],
      ...['done 1', 'done 2', 'done 3'],
    ]);
  });

  it('begins once more with what is left when a group is replayed', () => {
    [started(1), done(1), already(2), started(3), started(4), replaying(4)].forEach((event) =>
      seen.add(event),
    );
    current = 3;
    seen.look();
    seen.add(started(3));
    assert.deepEqual(passed.slice(-2), ['replaying', 'started 3']);
  });

  it('believes no number that was not planned', () => {
    current = 99;
    seen.look();
    assert.deepEqual(passed.length, 1 + steps);
  });
});
