import type { ProcessStart } from '../process/processStart';
import { processExists, processStart } from '../process/processStart';

const rememberedMs = 1_000;

/**
 * Looks processes up for somebody who asks every few milliseconds. Where a look-up starts a program
 * (macOS), a start time is remembered for a second; whether the process exists is asked each time.
 */
export class ProcessTable {
  private readonly known = new Map<number, { readonly start: ProcessStart; readonly at: number }>();

  constructor(
    private readonly platform: NodeJS.Platform = process.platform,
    private readonly now: () => number = () => performance.now(),
    private readonly lookUp: (pid: number) => ProcessStart = processStart,
  ) {}

  start(pid: number): ProcessStart {
    if (this.platform !== 'darwin') {
      return this.lookUp(pid);
    }
    const known = this.known.get(pid);
    if (known && this.now() - known.at < rememberedMs && processExists(pid)) {
      return known.start;
    }
    const start = this.lookUp(pid);
    this.known.set(pid, { start, at: this.now() });
    return start;
  }
}
