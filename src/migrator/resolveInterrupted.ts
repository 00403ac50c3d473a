import { isDeepStrictEqual } from 'node:util';
import { LockstepError } from '../core/errors';
import { databaseError } from '../core/run/databaseError';
import { HistoryStore } from '../core/run/historyStore';
import { defaultWaitLimits } from '../core/run/runRequest';
import type { Mark, MarkStore } from '../core/run/runningMark';
import { LockWaiter } from '../core/run/waitForLock';
import { canonicalPath } from '../sqlite/canonicalPath';
import type { ThreadCalls } from './threadMessages';
import { marksOf, type ThreadWorld } from './threadWorld';

type Ask = ThreadCalls['resolve']['ask'];

/**
 * Carries out what a person decided about an interrupted step. `retry` forgets that it was begun,
 * `markApplied` records it as done. Runs look at the mark and make theirs inside a write
 * transaction, so this does it in one too: it decides about the mark that is there, and no other.
 * @throws `lock.live` while the step still runs, `lock.timeout`
 */
export function resolveInterrupted({ target, decision }: Ask, world: ThreadWorld): null {
  const path = canonicalPath(target.database);
  const marks = marksOf(path);
  if (!marks.read()) {
    return null;
  }
  const wait = defaultWaitLimits;
  const { control } = world;
  const noReport = { emit: (): void => undefined, otherHolder: (): undefined => undefined };
  const waiter = new LockWaiter({ wait, waitedMs: 0 }, { control, ...noReport });
  const connection = world.engine.connections(path).open({ foreignKeys: false });
  try {
    waiter.until(() => connection.exec('BEGIN IMMEDIATE'));
    const mark = orphan(marks);
    if (mark && decision === 'markApplied') {
      const { historyTable } = world.reader.read(target).format;
      record(mark, new HistoryStore(connection, historyTable));
      connection.assertSameFile();
      waiter.until(() => connection.exec('COMMIT'));
    }
    // Whoever came after the COMMIT has seen that the step is done, and may have a mark of its own.
    if (mark && isDeepStrictEqual(marks.read(), mark)) {
      marks.remove();
    }
  } catch (error) {
    throw databaseError(error, path);
  } finally {
    connection.close();
  }
  return null;
}

function orphan(marks: MarkStore): Mark | undefined {
  const mark = marks.read();
  if (mark && !mark.failed && marks.isAlive(mark)) {
    throw new LockstepError('lock.live', { pid: mark.owner.pid });
  }
  return mark;
}

function record({ direction, migration }: Mark, history: HistoryStore): void {
  history.ensure();
  if (direction === 'down') {
    history.erase(migration.version);
  } else if (!history.has(migration.version)) {
    history.record(migration.version);
  }
}
