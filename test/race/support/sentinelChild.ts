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

const calls: ChildCalls = {
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
  async releaseNow() {
    handle?.releaseNow();
  },
  async progress(step) {
    handle?.progress({ direction: 'up', step, steps: 9, migration: `m${step}` });
    await sleep(60); // this timer comes after that of the card, which is written after 50 ms
  },
  async lost() {
    return { lost: handle?.lost ?? false, losses };
  },
  async trap(trap) {
    setTrap(trap);
  },
  async signals() {
    return process
      .eventNames()
      .filter((name) => String(name).startsWith('SIG'))
      .map(String);
  },
  async exit(code) {
    process.exit(code);
  },
  async letGo() {
    process.disconnect();
  },
  async becomeNobody() {
    process.setegid!(65534);
    process.seteuid!(65534);
  },
};

process.on(
  'message',
  async ({ id, call, args }: { id: number; call: keyof ChildCalls; args: [] }) => {
    try {
      const value = await (calls[call] as (...args: unknown[]) => unknown)(...args);
      reply({ id, value });
    } catch (error) {
      const { message, code } = error as NodeJS.ErrnoException;
      reply({ id, error: { message, code } });
    }
  },
);

function reply(answer: object): void {
  if (process.connected) {
    process.send?.(answer);
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
