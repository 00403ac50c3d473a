import { watch } from 'node:fs';
import { basename, dirname } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { FileSentinelLock } from '../../../src/lock/fileSentinelLock';
import { lockPaths, readCard } from '../../../src/lock/holderCard';
import type { SentinelHandle } from '../../../src/lock/sentinelLock';
import type { Contender } from './contender';
import type { Counts } from './counts';
import type { Diary } from './diary';
import type { Foreigner } from './foreigner';
import { leaveLitter } from './litter';
import type { Blow, Litter } from './scenario';

/** What the blows of a round fall on. */
export interface Victims {
  readonly database: string;
  /** Those that have not ended. */
  alive(): readonly Contender[];
  /** Whether all have started and ended. */
  over(): boolean;
  /** Foreign programs that may be killed. */
  writers(): readonly Foreigner[];
  /** Somebody starts in another's place. */
  replace(whom: Contender): void;
  /** From now on whatever way it ends is fine. */
  excuse(whom: Contender): void;
  /** A fault of Lockstep's, seen on the way. */
  fault(what: string): void;
}

/** Strikes one blow after the other. */
export class Mischief {
  private readonly sentinel = new FileSentinelLock({ heartbeatMs: 1_000 });

  constructor(
    private readonly victims: Victims,
    private readonly diary: Diary,
    private readonly counts: Counts,
  ) {}

  public async strikeAll(blows: readonly Blow[]): Promise<void> {
    const start = this.diary.ms;
    for (const blow of blows) {
      const wait = start + blow.atMs - this.diary.ms;
      if (wait > 0) {
        await sleep(wait);
      }
      if (this.victims.over()) {
        return;
      }
      await this.strike(blow);
      this.diary.note(`done: ${blow.kind}`);
    }
  }

  private async strike(blow: Blow): Promise<void> {
    switch (blow.kind) {
      case 'kill':
        return this.kill(await this.choose(blow), blow);
      case 'killAtCommit':
        await this.writes(blow.amount);
        return this.kill(await this.choose(blow), blow, ' at a commit');
      case 'stop':
        return this.stop(blow);
      case 'interrupt':
      case 'abandon':
        return this.end(blow, blow.kind);
      case 'killForeigner':
        return this.killForeigner(blow);
      case 'guard':
        return this.guard(blow);
      case 'usurp':
        return this.usurp(blow);
      default: {
        const litter = blow.kind.slice('leave:'.length) as Litter;
        if (blow.whom === 'holder') {
          await this.holder();
        }
        this.diary.note(`the sentinel becomes: ${litter}`);
        this.counts.add(`sentinel became ${litter}`);
        leaveLitter(this.victims.database, litter);
      }
    }
  }

  private kill(whom: Contender | undefined, { replace }: Blow, how = ''): void {
    if (whom) {
      this.diary.note(`kill -9 ${whom.name}${how}`);
      this.counts.add(`kills of migrators${how}`);
      this.victims.excuse(whom);
      whom.signal('SIGKILL');
      if (replace) {
        this.victims.replace(whom);
      }
    }
  }

  /** For longer than the stale time of some. */
  private async stop(blow: Blow): Promise<void> {
    const whom = await this.choose(blow);
    if (whom) {
      this.diary.note(`stop ${whom.name} for ${blow.amount} ms`);
      this.counts.add('stops');
      whom.signal('SIGSTOP');
      await sleep(blow.amount);
      whom.signal('SIGCONT');
      this.diary.note(`continue ${whom.name}`);
    }
  }

  private async end(blow: Blow, how: 'interrupt' | 'abandon'): Promise<void> {
    const whom = await this.choose(blow);
    if (whom) {
      this.diary.note(`${how} ${whom.name}`);
      this.counts.add(how === 'interrupt' ? 'cancels' : 'windows and terminals closed');
      this.victims.excuse(whom);
      whom[how]();
    }
  }

  private killForeigner({ choice }: Blow): void {
    const living = this.victims.writers();
    const whom = living[choice % living.length];
    if (whom) {
      this.diary.note(`kill -9 ${whom.name}`);
      this.counts.add('kills of foreign writers');
      whom.kill();
    }
  }

  /** A holder dies, and we are one of those that clean up after him: what is ours stays ours. */
  private async guard(blow: Blow): Promise<void> {
    this.kill(await this.choose({ ...blow, whom: 'holder' }), blow, ' before a takeover of ours');
    const handle = await this.take();
    if (handle) {
      this.diary.note('we hold the sentinel');
      await sleep(Math.min(blow.amount, 400));
      await this.giveBack(handle, 'guarded');
    }
  }

  /** A holder is stopped, robbed and replaced by us; when it comes back it must leave ours alone. */
  private async usurp(blow: Blow): Promise<void> {
    const whom = await this.holder();
    if (!whom) {
      return;
    }
    whom.signal('SIGSTOP');
    this.diary.note(`stop and rob ${whom.name}`);
    leaveLitter(this.victims.database, 'none');
    const handle = await this.take(40);
    whom.signal('SIGCONT');
    this.diary.note(`continue ${whom.name}, ${handle ? 'we' : 'others'} hold the sentinel`);
    if (handle) {
      await Promise.race([whom.ended, sleep(3_000, undefined, { ref: false })]);
      await sleep(blow.amount % 50);
      await this.giveBack(handle, 'usurped');
    }
  }

  private async take(tries = 400): Promise<SentinelHandle | undefined> {
    for (let tried = 0; tried < tries; tried++) {
      const owner = { kind: 'task', workspace: 'torture', version: '0' } as const;
      const { held } = await this.sentinel.tryAcquire(this.victims.database, owner, 60_000);
      if (held) {
        return held;
      }
      await sleep(2);
    }
    return undefined;
  }

  private async giveBack(handle: SentinelHandle, how: string): Promise<void> {
    const { token } = handle.holder;
    const card = readCard(lockPaths(this.victims.database).card);
    this.counts.add(`sentinels ${how}`);
    await handle.release();
    if (handle.lost || card?.holder.token !== token) {
      const found = card ? `that of ${card.holder.pid}` : 'none';
      this.victims.fault(
        `the sentinel of a living holder was removed (${how}): lost ${handle.lost}, card ${found}`,
      );
    }
  }

  private async choose({ whom, choice }: Blow): Promise<Contender | undefined> {
    const holder = whom === 'holder' ? await this.holder() : undefined;
    const alive = this.victims.alive();
    return holder ?? alive[choice % alive.length];
  }

  /** Whoever holds the sentinel; waits a moment for somebody to take it. */
  private async holder(): Promise<Contender | undefined> {
    for (let tries = 0; tries < 1_000 && !this.victims.over(); tries++) {
      const pid = readCard(lockPaths(this.victims.database).card)?.holder.pid;
      const found = this.victims.alive().find((each) => each.pid === pid);
      if (found) {
        return found;
      }
      await sleep(2);
    }
    return undefined;
  }

  /** Resolves after so many writes to the database's files, which is where a COMMIT is under way. */
  private async writes(many: number): Promise<void> {
    const { database } = this.victims;
    const names = [basename(database), `${basename(database)}-wal`];
    let left = many;
    await new Promise<void>((resolve) => {
      const watcher = watch(dirname(database), (type, name) => {
        if (type === 'change' && names.includes(String(name)) && left-- <= 0) {
          done();
        }
      });
      const timer = setTimeout(done, 400);
      function done(): void {
        clearTimeout(timer);
        watcher.close();
        resolve();
      }
    });
  }
}
