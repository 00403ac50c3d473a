import type { RunEvent } from '../core/run/runEvent';

/** Sends together what happens together: a message costs as much as many events in it. */
export class EventOutbox {
  private events: RunEvent[] = [];
  private timer: NodeJS.Immediate | undefined;

  constructor(private readonly deliver: (events: readonly RunEvent[]) => void) {}

  /** Sent as soon as this thread has taken in what else has come. */
  add(event: RunEvent): void {
    this.events.push(event);
    this.timer ??= setImmediate(() => this.send());
  }

  /** Sends what is left now, if anything is. */
  send(): void {
    clearImmediate(this.timer);
    this.timer = undefined;
    const { events } = this;
    if (events.length > 0) {
      this.events = [];
      this.deliver(events);
    }
  }
}
