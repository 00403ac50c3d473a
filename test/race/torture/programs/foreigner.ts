// A program that knows nothing of Lockstep and works on the same database. Arguments: its plan, its
// name, the path, the journal mode. Prints `ready`, starts when something comes in, then prints the
// number of each row once it is committed.
import { writeSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';
import type { ForeignerPlan } from '../scenario';

const [planText, name, path, journal] = process.argv.slice(2) as [string, string, string, string];
const plan = JSON.parse(planText) as ForeignerPlan;

const cell = new Int32Array(new SharedArrayBuffer(4));
const sleep = (ms: number): unknown => Atomics.wait(cell, 0, 0, ms);
/** The parent's word to stop: it closes our input, which a loop without pauses would never hear. */
const say = (text: string): void => void writeSync(1, `${text}\n`);

const db = new DatabaseSync(path, { timeout: 60_000, enableForeignKeyConstraints: false });
db.exec(`PRAGMA journal_mode=${journal}`);
say('ready');

async function main(): Promise<void> {
  let stopped = false;
  process.stdin.on('close', () => (stopped = true));
  await new Promise((resolve) => process.stdin.once('data', resolve));
  switch (plan.kind) {
    case 'writer':
      for (let n = 1; !stopped; n++) {
        write(n);
        await new Promise((resolve) => setTimeout(resolve, 4 + (n % 12)));
      }
      break;
    case 'reader':
      while (!stopped) {
        read(plan.holdMs);
        await new Promise((resolve) => setTimeout(resolve, 20));
      }
      break;
    case 'holder':
      await new Promise((resolve) => setTimeout(resolve, plan.afterMs));
      again(() => db.exec('BEGIN IMMEDIATE'));
      say('holding');
      sleep(plan.holdMs);
      again(() => db.exec('COMMIT'));
      say('held');
  }
  db.close();
  process.exit(0);
}

/** A row and a count of it, in one transaction. */
function write(n: number): void {
  again(() => db.exec('BEGIN IMMEDIATE'));
  try {
    db.prepare('INSERT INTO app_rows (writer, n) VALUES (?, ?)').run(name, n);
    db.prepare(
      'INSERT INTO app_counter VALUES (?, 1) ON CONFLICT (writer) DO UPDATE SET n = n + 1',
    ).run(name);
  } catch (error) {
    db.exec('ROLLBACK');
    throw error;
  }
  again(() => db.exec('COMMIT'));
  say(String(n));
}

function read(holdMs: number): void {
  db.exec('BEGIN');
  again(() => db.prepare('SELECT count(*) FROM app_rows').get());
  sleep(holdMs);
  db.exec('COMMIT');
}

/** Whoever is told to wait waits. */
function again(attempt: () => unknown): void {
  for (;;) {
    try {
      attempt();
      return;
    } catch (error) {
      const { errcode = 0 } = error as { errcode?: number };
      if ((errcode & 0xff) !== 5) {
        throw error;
      }
      sleep(3);
    }
  }
}

void main();
