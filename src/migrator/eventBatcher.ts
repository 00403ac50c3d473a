import type { Direction, MigrationRef } from '../core/model';
import type { RunEvent } from '../core/run/runEvents';

/**
 * The sending end of a running thread's stream of events. A message for each of a thousand small steps
 * would take as long as the steps, so after the first of a group they are sent as one batch, when the
 * group is over; which of them has begun is shown meanwhile (see {@link StepWatcher}). Everything
 * else is sent at once, since the thread may be busy with the next statement for long. The batches
 * are passed on as they are, up to the window.
 */
export class EventBatcher {
  private batch: RunEvent[] = [];
  private last?: RunEvent['type'];

  /**
   * @param deliver gets the batches, in order
   * @param show gets the number of the step that has begun, 0 when that is to be forgotten; without
   *   it each beginning is sent at once
   */
  constructor(
    private readonly deliver: (events: readonly RunEvent[]) => void,
    private readonly show?: (step: number) => void,
  ) {}

  add(event: RunEvent): void {
    const isNext = this.show && event.type === 'stepStarted' && this.last === 'stepStarted';
    this.last = event.type;
    this.batch.push(event);
    if (event.type !== 'stepDone') {
      this.show?.(event.type === 'stepStarted' ? event.step : 0);
    }
    if (!isNext && !comesInNumbers(event)) {
      this.flush();
    }
  }

  /** Sends what is left. */
  flush(): void {
    const { batch } = this;
    if (batch.length > 0) {
      this.batch = [];
      this.deliver(batch);
    }
  }
}

/** Whether there may be a thousand of it at once; what follows them takes them along. */
function comesInNumbers({ type }: RunEvent): boolean {
  return type === 'stepDone' || type === 'finding' || type === 'alreadyDone';
}

/** Milliseconds between two readings of which step has begun. */
const pollMs = 25;

/**
 * The receiving end, beside a thread that is at work or will never answer: polls which step has
 * begun, and passes each beginning on when it happens, once and in order.
 */
export class StepWatcher {
  private steps: readonly MigrationRef[] = [];
  private passed = 0;
  /** Ids of what is done, by whomever. */
  private readonly over = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  /** @param current the number of the step that has begun, 0 while none is known to have */
  constructor(
    private readonly direction: Direction,
    private readonly current: () => number,
    private readonly pass: (events: readonly RunEvent[]) => void,
  ) {
    this.timer = setInterval(() => this.poll(), pollMs).unref();
  }

  /** A batch from the thread. */
  receive(events: readonly RunEvent[]): void {
    const fresh = events.filter((event) => this.isNew(event));
    if (fresh.length > 0) {
      this.pass(fresh);
    }
  }

  /** Passes on what has begun and was not in a batch yet. */
  poll(): void {
    const { steps, direction } = this;
    const current = Math.min(this.current(), steps.length);
    while (this.passed < current) {
      const step = ++this.passed;
      const migration = steps[step - 1];
      if (!this.over.has(migration.id)) {
        this.pass([{ type: 'stepStarted', direction, migration, step, steps: steps.length }]);
      }
    }
  }

  end(): void {
    clearInterval(this.timer);
  }

  private isNew(event: RunEvent): boolean {
    switch (event.type) {
      case 'planned':
        this.steps = event.steps;
        break;
      case 'stepStarted':
        if (event.step <= this.passed) {
          return false;
        }
        this.passed = event.step;
        break;
      case 'stepDone':
        this.over.add(event.done.migration.id);
        break;
      case 'alreadyDone':
        this.over.add(event.migration.id);
        break;
      case 'replaying':
        this.passed = 0; // those that are left begin once more
        break;
      default:
    }
    return true;
  }
}
