import { LockstepError } from '../core/errors';
import { HistoryStore } from '../core/run/historyStore';
import { canonicalPath } from '../sqlite/canonicalPath';
import type { ThreadCalls } from './threadMessages';
import { marksOf, type ThreadWorld } from './threadWorld';

/**
 * Carries out what a person decided about an interrupted step. `retry` forgets that it was begun,
 * `markApplied` records it as done.
 */
export function resolveInterrupted(
  { target, decision }: ThreadCalls['resolve']['ask'],
  world: ThreadWorld,
): null {
  const path = canonicalPath(target.database);
  const marks = marksOf(path);
  const mark = marks.read();
  if (!mark) {
    return null;
  }
  if (!mark.failed && marks.isAlive(mark)) {
    throw new LockstepError('lock.live', { pid: mark.owner.pid });
  }
  if (decision === 'markApplied') {
    const { format } = world.reader.read(target);
    const connection = world.engine.connections(path).open({ foreignKeys: false });
    try {
      connection.exec('BEGIN IMMEDIATE');
      const history = new HistoryStore(connection, format.historyTable);
      history.ensure();
      const { version } = mark.migration;
      if (mark.direction === 'up' && !history.has(version)) {
        history.record(version);
      } else if (mark.direction === 'down') {
        history.erase(version);
      }
      connection.exec('COMMIT');
    } finally {
      connection.close();
    }
  }
  marks.remove();
  return null;
}
