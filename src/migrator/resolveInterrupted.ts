import { isDeepStrictEqual } from 'node:util';
import type { Connection } from '../core/connection';
import { LockstepError } from '../core/errors';
import { beginWriting } from '../core/run/beginWriting';
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
  try {
    const connection = beginWriting(world.engine.connections(path), waiter);
    try {
      decide(connection);
    } finally {
      connection.close();
    }
  } catch (error) {
    throw databaseError(error, path);
  }
  return null;

  function decide(connection: Connection): void {
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
  }
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
