// A process that does with a sentinel what its parent tells it. See sentinelProcess.ts.
import fs from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ProcessIdentity } from '../../../src/core/model';
import { FileSentinelLock } from '../../../src/lock/fileSentinelLock';
import { processIdentity } from '../../../src/system/process';
import type { SentinelHandle } from '../../../src/lock/sentinelLock';
import type { ChildCalls, ChildOptions, Trap } from './sentinelProcess';

const { database, identity, staleMs, heartbeatMs } = JSON.parse(process.argv[2]) as ChildOptions;
const me: ProcessIdentity = { ...processIdentity(), ...identity };
let losses = 0;
const lock = new FileSentinelLock({
  identity: me,
  staleMs,
  heartbeatMs,
  onLost: () => losses++,
});
let handle: SentinelHandle | undefined;

/** What the parent calls may answer at once. */
type AtOnce<T> = {
  [K in keyof T]: T[K] extends (...args: infer A) => Promise<infer R>
    ? (...args: A) => R | Promise<R>
    : never;
};

interface Ask {
  readonly id: number;
  readonly call: keyof ChildCalls;
  readonly args: [];
}

const calls: AtOnce<ChildCalls> = {
  async acquire() {
    const got = await lock.tryAcquire(database, { kind: 'terminal', version: '1' });
    handle = got.held;
    return got.held
      ? { got: true, holder: got.held.holder, tookOver: got.tookOver }
      : { got: false, holder: got.holder };
  },
  async release() {
    await handle?.release();
  },
  releaseNow() {
    handle?.releaseNow();
  },
  async progress(step) {
    handle?.progress({ direction: 'up', step, steps: 9, migration: `m${step}` });
    await sleep(60); // this timer comes after that of the card, which is written after 50 ms
  },
  lost() {
    return { lost: handle?.lost ?? false, losses };
  },
  trap(trap) {
    setTrap(trap);
  },
  signals() {
    return process
      .eventNames()
      .filter((name) => String(name).startsWith('SIG'))
      .map(String);
  },
  exit(code) {
    process.exit(code);
  },
  letGo() {
    process.disconnect();
  },
  becomeNobody() {
    process.setegid!(65534);
    process.seteuid!(65534);
  },
};

process.on('message', (ask: Ask) => void answer(ask));

async function answer({ id, call, args }: Ask): Promise<void> {
  try {
    const value = await (calls[call] as (...args: unknown[]) => unknown)(...args);
    reply({ id, value });
  } catch (error) {
    const { message, code } = error as NodeJS.ErrnoException;
    reply({ id, error: { message, code } });
  }
}

function reply(message: object): void {
  if (process.connected) {
    process.send?.(message);
  }
}

// File operations on the lock's files are counted, so that the process can stop or die before any
// one of them. Everything the lock does goes through these.
const changing = ['mkdirSync', 'rmdirSync', 'unlinkSync', 'linkSync', 'renameSync'] as const;
const names = [...changing, 'writeFileSync', 'utimesSync', 'lstatSync', 'openSync'] as const;
let trapNow: Trap | undefined;
let count = 0;

function setTrap(trap: Trap | undefined): void {
  trapNow = trap;
  count = 0;
}

for (const name of names) {
  const original = fs[name] as (...args: unknown[]) => unknown;
  (fs as unknown as Record<string, unknown>)[name] = (...args: unknown[]): unknown => {
    if (trapNow && String(args[0]).startsWith(`${database}.lock`)) {
      spring(trapNow, name, String(args[0]));
    }
    return original(...args);
  };
}

function spring(trap: Trap, name: string, path: string): void {
  const isLook = name === 'lstatSync' || name === 'openSync';
  if ((trap.only && isLook) || (trap.only === 'writes' && name !== 'writeFileSync')) {
    return;
  }
  if (trap.operation && trap.operation !== name) {
    return;
  }
  if (++count !== trap.at) {
    return;
  }
  if (trap.torn) {
    fs.closeSync(fs.openSync(path, 'w'));
  }
  process.kill(process.pid, trap.signal);
}
