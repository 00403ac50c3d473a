import type { RunEvent } from '../core/run/runEvent';

/**
 * What a running thread tells its parent. A message for each of a thousand small steps would take as
 * long as the steps, so after the first of a group they are told together, when it is over; which of
 * them has begun is shown meanwhile (see `StepsSeen`). Everything else is told at once, since the thread may be
 * busy with the next statement for long.
 */
export class StepsTold {
  private waiting: RunEvent[] = [];
  private last?: RunEvent['type'];

  /**
   * @param deliver gets what is told, in order
   * @param show gets the number of the step that has begun, 0 when that is to be forgotten; without
   *   it each beginning is told at once
   */
  constructor(
    private readonly deliver: (events: readonly RunEvent[]) => void,
    private readonly show?: (step: number) => void,
  ) {}

  add(event: RunEvent): void {
    const isNext = this.show && event.type === 'stepStarted' && this.last === 'stepStarted';
    this.last = event.type;
    this.waiting.push(event);
    if (event.type !== 'stepDone') {
      this.show?.(event.type === 'stepStarted' ? event.step : 0);
      if (!isNext) {
        this.send();
      }
    }
  }

  send(): void {
    const { waiting } = this;
    if (waiting.length > 0) {
      this.waiting = [];
      this.deliver(waiting);
    }
  }
}
