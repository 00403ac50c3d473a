import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { RunResult } from '../../../src/core/run/runEvents';
import type { RunRequest } from '../../../src/core/run/runRequest';
import { MigratorClient } from '../../../src/migrator/client';
import { until } from '../../support/until';
import type { Counts } from './counts';
import type { Diary } from './diary';
import type { Place } from './place';
import { ledgerParts } from './workload';

/**
 * The first run after a storm. It has to succeed by itself, with one exception: where a script with
 * its own COMMIT was interrupted it asks a person, and we are that person.
 *
 * @returns what is wrong
 */
export async function runAfterwards(
  place: Place,
  dist: string,
  engine: 'native' | 'sqljs',
  diary: Diary,
  counts: Counts,
): Promise<string[]> {
  const client = new MigratorClient({
    modulePath: join(dist, 'migrator.js'),
    log: (level, message) => level !== 'debug' && diary.note(`afterwards ${level}: ${message}`),
  });
  try {
    for (let tries = 0; tries < 3; tries++) {
      const result = await client.ask('run', requestFor(place, engine));
      diary.note(`afterwards: ${result.outcome} ${JSON.stringify(result.error ?? '')}`);
      if (result.error?.code !== 'run.interrupted') {
        return judge(result, await lookAgain(client, place));
      }
      counts.add('interrupted scripts decided about');
      const fault = await decide(client, place, diary);
      if (fault) {
        return [fault];
      }
    }
    return ['interrupted again and again'];
  } catch (error) {
    return [`the run afterwards: ${(error as Error).stack}`];
  } finally {
    const { pid } = client;
    client.dispose();
    await until(() => pid === undefined || !lives(pid));
  }
}

function requestFor({ database, migrations }: Place, engine: 'native' | 'sqljs'): RunRequest {
  return {
    target: { database, folders: [migrations] },
    direction: 'up',
    goal: { kind: 'all' },
    owner: { kind: 'window', workspace: 'afterwards', version: '0' },
    engine,
    // Nobody else is there: whatever is in the sentinel's place may go soon.
    wait: { attemptMs: 5_000, totalMs: 30_000, staleMs: 200 },
    transaction: 'grouped',
  };
}

function judge({ outcome, error, applied }: RunResult, after: string): string[] {
  return outcome === 'done' && applied.length > 0 && after === 'free 0'
    ? []
    : [
        `the run afterwards: ${outcome}, ${applied.length} applied, ${JSON.stringify(error)}, then ${after}`,
      ];
}

/** What a look finds: the lock and how many are pending. */
async function lookAgain(client: MigratorClient, place: Place): Promise<string> {
  const status = await client.ask('status', {
    database: place.database,
    folders: [place.migrations],
  });
  const mark = status.mark ? ', marked as running' : '';
  return `${status.lock.kind} ${status.pending.length}${mark}`;
}

/** As a person would: looks how far the script came, takes its traces away, and lets it run again. */
async function decide(
  client: MigratorClient,
  place: Place,
  diary: Diary,
): Promise<string | undefined> {
  const target = { database: place.database, folders: [place.migrations] };
  const { mark } = await client.ask('status', target);
  if (!mark?.orphaned) {
    return `interrupted, but the status shows ${JSON.stringify(mark)}`;
  }
  const step = Number(mark.migration.version);
  const landed = undo(place.database, step);
  diary.note(`interrupted at statement ${mark.statement} of ${mark.statements}, ${landed} landed`);
  await client.ask('resolveInterrupted', {
    target,
    decision: landed === ledgerParts ? 'markApplied' : 'retry',
  });
  return undefined;
}

/** @returns how many parts had landed; they stay where all had */
function undo(database: string, step: number): number {
  const db = new DatabaseSync(database, { timeout: 10_000 });
  try {
    const parts = db.prepare('SELECT part FROM ledger WHERE step = ?').all(step);
    if (parts.length < ledgerParts) {
      const counted = parts.some(({ part }) => part === 2) ? 1 : 0;
      db.exec(`BEGIN; DELETE FROM ledger WHERE step = ${step};
        UPDATE counter SET n = n - ${counted}; COMMIT`);
    }
    return parts.length;
  } finally {
    db.close();
  }
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
