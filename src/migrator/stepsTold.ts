import type { RunEvent } from '../core/run/runEvent';

/**
 * What a running thread tells its parent. The steps of a group are done all at once, with its COMMIT:
 * they are told in one message, before anything else happens. Everything else is told at once, since
 * the thread may be busy with the next statement for long.
 */
export class StepsTold {
  private done: RunEvent[] = [];

  constructor(private readonly deliver: (events: readonly RunEvent[]) => void) {}

  add(event: RunEvent): void {
    this.done.push(event);
    if (event.type !== 'stepDone') {
      this.send();
    }
  }

  send(): void {
    const { done } = this;
    if (done.length > 0) {
      this.done = [];
      this.deliver(done);
    }
  }
}
