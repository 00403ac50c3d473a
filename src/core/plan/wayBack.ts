import type { LogEntry, LoggedScript } from '../history/logEntry';
import type { Migration, Script } from '../migration';
import type { KnownMigration } from './knownMigrations';

/**
 * An applied migration as it can be rolled back: with its file's way back, else with the one the log
 * kept, under the version that the history records. Undefined where neither has one.
 */
export function wayBack({ migration, applied, log }: KnownMigration): Migration | undefined {
  if (applied === undefined) {
    return undefined;
  }
  if (migration?.down) {
    return { ...migration, version: applied };
  }
  if (!log?.down) {
    return undefined;
  }
  const { id, name, up } = migration ?? { ...log, up: loggedScript(log, log.up) };
  return { version: applied, id, name, up, down: loggedScript(log, log.down) };
}

function loggedScript({ file }: LogEntry, script: LoggedScript): Script {
  const { sql, transaction, foreignKeys } = script;
  return { file, text: sql, transaction, foreignKeys };
}
