import { invalidMigration } from '../invalidMigration';
import type { Script } from '../migration';
import { placeAt } from './place';
import type { Statement } from './statements';

/** Refuses a command of the sqlite3 shell (`.mode csv`), which SQLite itself does not know. */
export function assertNoDotCommand(script: Script, statement: Statement): void {
  const command = /^\.[A-Za-z]\w*/.exec(statement.text.slice(0, 32))?.[0];
  if (command) {
    const place = placeAt(script.file, script.text, statement.start);
    throw invalidMigration('dotCommand', place, { command });
  }
}
