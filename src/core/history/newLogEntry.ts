import type { Script } from '../migration';
import type { Step } from '../plan/plan';
import { scriptChecksum } from '../scriptChecksum';
import { scriptSql } from '../sql/scriptSql';
import type { LogEntry, LoggedScript } from './logEntry';

/** The log's entry for a step that was committed; `details` is what only the run knows. */
export function newLogEntry(
  { direction, migration }: Step,
  details: Pick<LogEntry, 'run' | 'at' | 'ms' | 'rows' | 'engine' | 'sqliteVersion' | 'holder'>,
): LogEntry {
  const { run, at, ms, rows, engine, sqliteVersion, holder } = details;
  const { version, id, name, up, down } = migration;
  return {
    v: 1,
    run,
    at,
    direction,
    version,
    id,
    name,
    file: up.file,
    checksum: scriptChecksum(up),
    up: loggedScript(up),
    ...(down && { down: loggedScript(down) }),
    ms,
    rows,
    engine,
    sqliteVersion,
    holder: { kind: holder.kind, host: holder.host, pid: holder.pid, workspace: holder.workspace },
  };
}

function loggedScript(script: Script): LoggedScript {
  const { transaction, foreignKeys } = script;
  return { sql: scriptSql(script), transaction, foreignKeys };
}
