import type { Connection } from '../core/connection';
import type { HistoryTable } from '../core/history/historyTable';
import { HistoryStore } from '../core/run/historyStore';
import type { LookResult } from '../sqlite/lookResult';
import type { ThreadWorld } from './threadWorld';

/** The recorded versions, by a look. A database that is missing or empty has none. */
export function readHistory(
  path: string,
  table: HistoryTable,
  { engine }: ThreadWorld,
): LookResult<string[]> {
  const look = engine.look(path, (connection: Connection) =>
    new HistoryStore(connection, table).versions(),
  );
  return look.state === 'missing' || look.state === 'empty' ? { ...look, value: [] } : look;
}
