import type { CommandName } from './options';

/** The help of one command, or of all. */
export function help(command: CommandName | undefined): string {
  return command ? commands[command] + commonHelp(otherFailures[command] ?? '') : overview;
}

const overview = `lockstep: SQLite migrations, each applied exactly once, however many start at the same moment

  lockstep status        what is applied, what is pending, who holds the lock
  lockstep preview       what a run would change, tried on a copy
  lockstep migrate       apply what is pending
  lockstep rollback      undo the last migration
  lockstep mark-applied  adopt a database that has the schema already
  lockstep new NAME      create the next migration's file
  lockstep lock          who holds the lock
  lockstep resolve       decide about a migration that was interrupted outside a transaction
  lockstep backups       the copies that were made before each run
  lockstep restore       make the database again what one of them says

  lockstep COMMAND --help tells more about one, lockstep --version the version.
`;

const commands: Record<CommandName, string> = {
  status: `lockstep status [--check]

  Shows what is applied and pending. Creates no file and no table.

  --check               exit with 1 when something is pending, interrupted or not known
  --engine ENGINE       auto (default), native (node:sqlite) or sqljs
`,
  preview: `lockstep preview [--rollback] [--to ID | --steps N]

  Tries on a copy what a run would do, and shows it: schema, rows, what is deleted, where it fails.
  Creates, changes and locks nothing. Exits with 0 when it would work, 1 when it would fail, 4 when
  not all of it can be tried here.

  --rollback            the down migrations, not what is pending
  --to ID               up to this migration (version or name); back: everything after it
  --steps N             the next N; back: the last N (default 1)
  --transaction MODE    what shares one: grouped (default; some, while they are quick), each or all
  --allow-outside       migrations may ATTACH or write files outside this folder and the database’s
  --engine ENGINE       auto (default), native (node:sqlite) or sqljs
`,
  migrate: `lockstep migrate [--to ID | --steps N]

  Applies pending migrations. If somebody else does it already, waits, and says who did.
  Creates a missing database that --database or DATABASE_URL names.

  --to ID               up to this migration (version or name), it included
  --steps N             the next N
  --wait SECONDS        how long to wait for the lock (default 120)
  --transaction MODE    what shares one: grouped (default; some, while they are quick), each or all
  --rehearse            try it on a copy first, also a single migration; if one fails, none is applied
  --no-rehearse         never; by default several are tried for a second at most
  --backups N           how many backups to keep (default 5); 0 makes none and removes none
  --backup-max MB       make none of a database that is larger (default 256)
  --allow-outside       migrations may ATTACH or write files outside this folder and the database’s
  --engine ENGINE       auto (default), native (node:sqlite) or sqljs
`,
  rollback: `lockstep rollback [--to ID | --steps N]

  Undoes the last migration.

  --to ID               everything after this migration, which stays
  --steps N             the last N
  --wait SECONDS        how long to wait for the lock (default 120)
  --transaction MODE    what shares one: grouped (default; some, while they are quick), each or all
  --rehearse            try it on a copy first, also a single migration; if one fails, none is undone
  --no-rehearse         never; by default several are tried for a second at most
  --backups N           how many backups to keep (default 5); 0 makes none and removes none
  --backup-max MB       make none of a database that is larger (default 256)
  --allow-outside       migrations may ATTACH or write files outside this folder and the database’s
  --engine ENGINE       auto (default), native (node:sqlite) or sqljs
`,
  'mark-applied': `lockstep mark-applied [--to ID | --steps N]

  Records pending migrations as applied without running them, for a database that has their schema
  already. First makes the schema on an empty database in memory, compares it with the real one and
  says what differs; if something does, or is not known, it asks. The data is not compared.

  --to ID               up to this migration (version or name), it included
  --steps N             the next N
  --yes                 do not ask, although the schema differs or is not known
  --wait SECONDS        how long to wait for the lock (default 120)
  --engine ENGINE       auto (default), native (node:sqlite) or sqljs
`,
  new: `lockstep new NAME

  Creates the next migration's file or files, in the style of the folder.
`,
  lock: `lockstep lock [--break [--force]]

  Shows who holds the lock, since when and how far it is.

  --break               remove the lock of a holder that is gone
  --force               also of one that is alive; the database's own lock lasts until it ends
`,
  resolve: `lockstep resolve --retry | --mark-applied

  Decides about a migration that was interrupted outside a transaction.

  --retry               run it again from its start with the next migrate
  --mark-applied        record it as applied, without running it
`,
  backups: `lockstep backups

  Lists the copies that were made before each run, newest first.
`,
  restore: `lockstep restore NAME | --latest

  Makes the database again what a backup says: under the lock, into the file that is there, so that
  programs which have it open go on with the restored content. What is replaced becomes a backup.

  --latest              the newest; after a restore that is what the restore replaced
  --yes                 do not ask
  --wait SECONDS        how long to wait for the lock (default 120)
  --backups N           how many backups to keep (default 5); 0 removes none
  --engine ENGINE       auto (default), native (node:sqlite) or sqljs
`,
};

const commonHelp = (failures: string): string => `
  --database FILE       the database (default: found here, or DATABASE_URL, also in .env)
  --migrations FOLDER   the folder with its migrations; may be given several times
  --json                one JSON object a line
  --verbose             more about waiting and locks

  Exit codes: 0 done, or nothing to do, or done by another; 1 a migration failed${failures};
  2 bad usage or input; 3 no lock in time; 4 refused; 130 cancelled.
`;

/** What else exit code 1 means. */
const otherFailures: Partial<Record<CommandName, string>> = {
  status: ', or pending,\n  interrupted or not known with --check',
  preview: ', or would',
};
