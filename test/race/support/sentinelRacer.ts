// A process that takes the lock each time its parent says so, and looks whether it is alone.
import { mkdirSync, readdirSync, rmdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { backoff } from '../../../src/core/run/waitForLock';
import { FileSentinelLock } from '../../../src/lock/fileSentinelLock';
import { processStart } from '../../../src/system/process';

/** `die`: this process kills itself with the lock in its hands. */
export interface RaceOrder {
  readonly database: string;
  readonly inside: string;
  readonly die: boolean;
}

export interface RaceReport {
  /** Pids seen inside while we were. */
  readonly others: readonly string[];
  readonly tookOver: boolean;
  readonly lost: boolean;
}

const lock = new FileSentinelLock();

process.on('message', (order: RaceOrder) => void race(order));

async function race({ database, inside, die }: RaceOrder): Promise<void> {
  for (const delayMs of backoff()) {
    const got = await lock.tryAcquire(database, { kind: 'terminal', version: '1' });
    if (got.held) {
      const sign = join(inside, String(process.pid));
      mkdirSync(sign);
      const others = readdirSync(inside).filter((pid) => pid !== String(process.pid) && lives(pid));
      if (die) {
        rmdirSync(sign);
        process.kill(process.pid, 'SIGKILL');
      }
      await sleep(0);
      rmdirSync(sign);
      const { lost } = got.held;
      await got.held.release();
      process.send?.({ others, tookOver: !!got.tookOver, lost } satisfies RaceReport);
      return;
    }
    await sleep(delayMs);
  }
}

/** A zombie does nothing any more. */
function lives(pid: string): boolean {
  return processStart(Number(pid)).exists;
}
