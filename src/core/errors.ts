/** Where in a file; line and column count from 1, column in UTF-16 units as editors do. */
export interface Place {
  readonly file: string;
  readonly line: number;
  readonly column: number;
}

/**
 * Every error a person can be shown. Core and the migrator throw codes with parameters; the
 * sentences are in `src/messages`.
 */
export type ErrorCode =
  | 'sql.failed' // migration, statement, message; from: log, where it is a down script that the log kept
  | 'sql.newer' // migration, statement, message, version (runs it), understoodBy: another SQLite takes it
  | 'sql.parameters' // migration, statement: unbound ? or :name
  | 'sql.transactionEnded' // migration, statement: the transaction was ended by ON CONFLICT ROLLBACK or the like
  | 'sql.outside' // migration, statement, file, reason: outside | itself | uri | computed | process
  | 'foreignKeys.violated' // migration, table, parent, count
  | 'children.vanished' // migration, table, before, after
  | 'history.foreign' // table, reason: view | columns | triggers
  | 'history.otherTool' // table, tool
  | 'migrations.folderMissing' // folder
  | 'migrations.none' // folder
  | 'migrations.invalid' // reason (file, line and column in place)
  | 'migrations.duplicate' // version, files
  | 'migrations.layout' // layout, folder: recognised, not supported
  | 'migrations.tooMuch' // folder, bytes, limit: all of them together
  | 'migrations.unwritable' // folder, message: no new file could be created
  | 'database.notADatabase' // path
  | 'database.missing' // path
  | 'database.folderMissing' // path
  | 'database.replaced' // path
  | 'database.readOnly' // path, message
  | 'database.full' // path, message
  | 'database.io' // path, message
  | 'backup.failed' // folder, message: nothing was run
  | 'backup.unknown' // name, folder
  | 'restore.refused' // path, name, reason: pageSize | notADatabase | damaged | noBackupApi; message
  | 'lock.timeout' // waitedMs, attempts, limitMs (holder beside it)
  | 'lock.live' // pid?, host? (elsewhere): Break Lock refused
  | 'lock.stuck' // path, message: Break Lock could not remove it
  | 'run.interrupted' // migration, statement, statements: an orphaned running mark
  | 'run.marksUnwritable' // folder, migration
  | 'run.notAtomic' // migration, needs: all-or-nothing asked, this step cannot
  | 'run.cancelled'
  | 'writer.refused' // path, reason: wal | walHeader | journal | hardLinks | locked | open | owner | size | unknownHeader; pid, program
  | 'engine.unavailable' // engine
  | 'goal.unknown' // id
  | 'rollback.noWayBack' // migration
  | 'drift.over' // migration, reason: again (edited once more); what was seen is no longer so
  | 'drift.notKept' // migration: neither git nor the run log has its text
  | 'log.unwritable' // message
  | 'rehearsal.cannot' // reason, detail: see `CannotReason`
  | 'target.none' // nothing found; incomplete: 1 when a limit ended the search
  | 'target.several' // databases
  | 'target.untrusted'
  | 'usage' // message, command?
  | 'migrator.crashed' // detail
  | 'internal'; // message, stack

export type ErrorParams = Readonly<Record<string, string | number>>;

/** An error as data, for events, results and other processes. */
export interface ErrorInfo {
  readonly code: ErrorCode;
  readonly params: ErrorParams;
  readonly place?: Place;
}

/** An error that may be shown to a person. Anything else that is thrown is a bug of ours. */
export class LockstepError extends Error implements ErrorInfo {
  public readonly place?: Place;

  /** @param place one in no file (see `Script.file`) is none */
  constructor(
    public readonly code: ErrorCode,
    public readonly params: ErrorParams = {},
    place?: Place,
  ) {
    super(`${code} ${JSON.stringify(params)}`);
    this.name = 'LockstepError';
    this.place = place?.file ? place : undefined;
  }
}

/** Any thrown value as data; what is not ours becomes `internal`. */
export function errorInfo(error: unknown): ErrorInfo {
  if (error instanceof LockstepError) {
    const { code, params, place } = error;
    return { code, params, place };
  }
  const { message, stack } = error instanceof Error ? error : new Error(String(error));
  return { code: 'internal', params: { message, stack: stack ?? '' } };
}

/** Why a migration file cannot be understood; the sentences are in `src/messages`. */
export type InvalidReason =
  /** A NUL byte: SQLite would silently stop reading there. */
  | 'nul'
  /** Bytes that are not UTF-8, or half a surrogate pair: SQLite would store something else. */
  | 'encoding'
  /** No regular file, or one that cannot be read; param `message`. */
  | 'unreadable'
  /** Larger than can be taken into memory; param `limit`, in MB. */
  | 'tooLarge'
  /** A `--` comment that a lone carriage return does not end for SQLite, though editors show it so. */
  | 'carriageReturn'
  /** A command of the sqlite3 shell, such as `.mode`. */
  | 'dotCommand'
  /** A string, quoted name or block comment that never ends. */
  | 'unterminated'
  /** BEGIN, COMMIT, ROLLBACK, SAVEPOINT or RELEASE without its counterpart. */
  | 'transactionControl'
  /** dbmate: no `-- migrate:up` in the file. */
  | 'noUpMarker'
  /** dbmate: SQL before the first `-- migrate:up`. */
  | 'textBeforeMarker'
  /** dbmate: `-- migrate:down` before the first `-- migrate:up`. */
  | 'downBeforeUp'
  /** dbmate: two `-- migrate:down` after one `-- migrate:up`. */
  | 'secondDown'
  /** Plain numbers: a `.down.sql` without the migration it undoes. */
  | 'downWithoutUp'
  /** Plain numbers: the file is in another tool's layout; param `layout`. */
  | 'otherLayout'
  /** Plain numbers: `-- lockstep:` with something that is no option; param `option`. */
  | 'option';

/** The error for a migration that cannot be understood. */
export function invalidMigration(
  reason: InvalidReason,
  place: Place,
  params: ErrorParams = {},
): LockstepError {
  return new LockstepError('migrations.invalid', { reason, ...params }, place);
}

/** Why a migration cannot be tried here. */
export type CannotReason =
  | 'module'
  | 'function'
  | 'collation'
  | 'extension'
  /** The engine that would run it is newer and understands it. */
  | 'newer'
  /** ATTACH, VACUUM INTO: it depends on other files. */
  | 'file'
  /** Fails on the schema alone; with the data it may not. */
  | 'data'
  | 'time'
  | 'memory'
  /** The engine gave up. */
  | 'crash'
  /** There is no copy of the database to try it on. */
  | 'copy';
