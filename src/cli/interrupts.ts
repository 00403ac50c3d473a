import type { Service } from '../migrator/service/service';

/**
 * What a run does about Ctrl-C and the like: the first cancels it, a second ends the process at once.
 * SQLite rolls back at the next open, so either leaves what was committed and nothing else.
 */
export class Interrupts {
  private readonly controller = new AbortController();
  private received: NodeJS.Signals | undefined;

  constructor(private readonly service: Pick<Service, 'releaseNow' | 'needsKill'>) {
    signals.forEach((signal) => process.on(signal, this.onSignal));
  }

  get signal(): AbortSignal {
    return this.controller.signal;
  }

  /**
   * To be called after the result was printed. A cancelled process does not end by `process.exit`,
   * which waits for a statement that still runs and so for the COMMIT after it, but by the signal
   * itself: a shell then sees 130.
   */
  public async finish(cancelled: boolean): Promise<void> {
    signals.forEach((signal) => process.off(signal, this.onSignal));
    if (this.received && cancelled) {
      await flushed(process.stdout);
      await flushed(process.stderr);
      await this.end(this.received);
    }
    if (this.service.needsKill) {
      await this.end('SIGKILL');
    }
  }

  private readonly onSignal = (signal: NodeJS.Signals): void => {
    if (this.received) {
      this.service.releaseNow();
      process.kill(process.pid, 'SIGKILL');
    }
    this.received = signal;
    this.controller.abort();
  };

  /** Never returns: with the handlers gone the system ends the process. */
  private async end(signal: NodeJS.Signals): Promise<never> {
    this.service.releaseNow();
    // Also those of libraries that clean up on exit: as long as one is there, nothing ends.
    process.removeAllListeners(signal);
    process.kill(process.pid, signal);
    return new Promise<never>(() => setInterval(() => {}, 1000));
  }
}

/** Waits for what was written to leave the process, but not for a reader that lets the pipe fill up. */
async function flushed(stream: NodeJS.WriteStream): Promise<void> {
  await new Promise<void>((resolve) => {
    if (stream.destroyed || !stream.write('', () => resolve())) {
      resolve();
    }
  });
}

const signals = ['SIGINT', 'SIGTERM', 'SIGHUP'] as const;
