import type { LoggedScript } from '../history/logEntry';
import type { Migration, Script } from '../migration';
import { isWhatRan } from './isWhatRan';
import type { KnownMigration } from './knownMigrations';

/**
 * An applied migration as it can be rolled back: with its file's way back, else with the one the log
 * kept, under the version that the history records. Undefined where neither has one. Of a migration
 * that was edited since, the one that was kept comes first: it undoes what ran.
 */
export function wayBack({ migration, applied, log }: KnownMigration): Migration | undefined {
  if (applied === undefined) {
    return undefined;
  }
  const isEdited = migration && log && !isWhatRan(migration.up, log);
  if (migration?.down && !(isEdited && log.down)) {
    return { ...migration, version: applied };
  }
  if (!log?.down) {
    return undefined;
  }
  const { id, name, up } = migration ?? { ...log, up: loggedScript(log.file, log.up) };
  return { version: applied, id, name, up, down: loggedScript('', log.down) };
}

function loggedScript(file: string, script: LoggedScript): Script {
  const { sql, transaction, foreignKeys } = script;
  return { file, text: sql, transaction, foreignKeys };
}
