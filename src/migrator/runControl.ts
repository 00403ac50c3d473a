import type { RunControl } from '../core/run/runEnvironment';

/** Places in the shared memory of a thread and whoever watches it. */
const cancelFlag = 0;
const committingFlag = 1;
const currentStep = 2;

/** The running thread's side: sees the wish to cancel even while it sleeps. */
export class ThreadControl implements RunControl {
  private readonly cells: Int32Array;

  constructor(memory: SharedArrayBuffer) {
    this.cells = new Int32Array(memory);
  }

  public get cancelled(): boolean {
    return Atomics.load(this.cells, cancelFlag) === 1;
  }

  /** Shows which step has begun, from 1, without a message; 0 while none is known to have. */
  public showStep(step: number): void {
    Atomics.store(this.cells, currentStep, step);
  }

  public sleep(ms: number): void {
    Atomics.wait(this.cells, cancelFlag, 0, ms);
  }

  public committing<T>(commit: () => T): T {
    Atomics.store(this.cells, committingFlag, 1);
    try {
      return commit();
    } finally {
      Atomics.store(this.cells, committingFlag, 0);
    }
  }

  /** The same for what takes its time. */
  public async committingFor<T>(commit: () => Promise<T>): Promise<T> {
    Atomics.store(this.cells, committingFlag, 1);
    try {
      return await commit();
    } finally {
      Atomics.store(this.cells, committingFlag, 0);
    }
  }
}

/** The watching thread's side. */
export class ThreadSwitch {
  public readonly memory = new SharedArrayBuffer(12);
  private readonly cells = new Int32Array(this.memory);

  /** See `ThreadControl.showStep`. */
  public get step(): number {
    return Atomics.load(this.cells, currentStep);
  }

  public get committing(): boolean {
    return Atomics.load(this.cells, committingFlag) === 1;
  }

  public cancel(): void {
    Atomics.store(this.cells, cancelFlag, 1);
    Atomics.notify(this.cells, cancelFlag);
  }

  public reset(): void {
    Atomics.store(this.cells, currentStep, 0);
    Atomics.store(this.cells, cancelFlag, 0);
  }
}
