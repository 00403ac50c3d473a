import type { MigrationRef } from '../core/migration';
import type { Direction } from '../core/run/direction';
import type { RunEvent } from '../core/run/runEvent';

/** Milliseconds between two looks at which step has begun. */
const lookGapMs = 25;

/**
 * Makes of what a thread tells late (see `StepsTold`) what happens when it happens: as long as it runs
 * it is seen which step has begun, and each beginning is passed on once, in order.
 */
export class StepsSeen {
  private steps: readonly MigrationRef[] = [];
  private passed = 0;
  /** Ids of what is done, by whomever. */
  private readonly over = new Set<string>();
  private readonly timer: NodeJS.Timeout;

  /** @param current the number of the step that has begun, 0 while none is known to have */
  constructor(
    private readonly direction: Direction,
    private readonly current: () => number,
    private readonly pass: (event: RunEvent) => void,
  ) {
    this.timer = setInterval(() => this.look(), lookGapMs).unref();
  }

  /** What the thread tells. */
  add(event: RunEvent): void {
    switch (event.type) {
      case 'planned':
        this.steps = event.steps;
        break;
      case 'stepStarted':
        if (event.step <= this.passed) {
          return;
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
    }
    this.pass(event);
  }

  /** Passes on what has begun and was not told yet. */
  look(): void {
    const { steps, direction } = this;
    const current = Math.min(this.current(), steps.length);
    while (this.passed < current) {
      const step = ++this.passed;
      const migration = steps[step - 1];
      if (!this.over.has(migration.id)) {
        this.pass({ type: 'stepStarted', direction, migration, step, steps: steps.length });
      }
    }
  }

  end(): void {
    clearInterval(this.timer);
  }
}
