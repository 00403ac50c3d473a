import { parseArgs } from 'node:util';
import type { EngineName } from '../core/connection';
import { errorInfo, LockstepError } from '../core/errors';
import { isUsableName } from '../core/formats/fileNames';
import { type BackupOptions, defaultBackupOptions } from '../core/model';
import type { RehearseMode, TransactionMode } from '../core/run/runRequest';
import { pathOfSqliteUrl } from '../migrator/discovery/environment';

export const commandNames = [
  'status',
  'preview',
  'migrate',
  'rollback',
  'mark-applied',
  'new',
  'lock',
  'resolve',
  'backups',
  'restore',
] as const;
export type CommandName = (typeof commandNames)[number];

/** A command line, parsed. Paths are as they were typed; that of the database may come from a URL. */
export interface Options {
  /** Absent: only help or the version is asked for. */
  readonly command?: CommandName;
  readonly help: boolean;
  readonly version: boolean;
  readonly json: boolean;
  readonly verbose: boolean;
  readonly database?: string;
  readonly migrations: readonly string[];
  readonly to?: string;
  readonly steps?: number;
  /** Milliseconds. */
  readonly wait?: number;
  readonly engine: EngineName | 'auto';
  readonly transaction: TransactionMode;
  /** Migrations may read and write files anywhere. */
  readonly allowOutside: boolean;
  readonly backup: BackupOptions;
  readonly rehearse: RehearseMode;
  /** preview: of a rollback. */
  readonly rollback: boolean;
  /** status: 1 when something is pending, interrupted or not known. */
  readonly check: boolean;
  /** lock: remove the sentinel, and even from a live holder. */
  readonly break: boolean;
  readonly force: boolean;
  /** resolve: what to do about an interrupted migration. */
  readonly decision?: 'retry' | 'markApplied';
  /** restore: the newest, and without a question. */
  readonly latest: boolean;
  readonly yes: boolean;
  /** new: the migration's name; restore: the backup's. */
  readonly name: string;
}

const flags = {
  help: { type: 'boolean', short: 'h' },
  version: { type: 'boolean' },
  json: { type: 'boolean' },
  verbose: { type: 'boolean', short: 'v' },
  database: { type: 'string', short: 'd' },
  migrations: { type: 'string', short: 'm', multiple: true },
  to: { type: 'string' },
  steps: { type: 'string' },
  wait: { type: 'string' },
  engine: { type: 'string' },
  transaction: { type: 'string' },
  'allow-outside': { type: 'boolean' },
  backups: { type: 'string' },
  'backup-max': { type: 'string' },
  rollback: { type: 'boolean' },
  rehearse: { type: 'boolean' },
  'no-rehearse': { type: 'boolean' },
  check: { type: 'boolean' },
  break: { type: 'boolean' },
  force: { type: 'boolean' },
  retry: { type: 'boolean' },
  'mark-applied': { type: 'boolean' },
  latest: { type: 'boolean' },
  yes: { type: 'boolean', short: 'y' },
} as const;

const runFlags = [
  'to',
  'steps',
  'wait',
  'engine',
  'transaction',
  'allow-outside',
  'backups',
  'backup-max',
  'rehearse',
  'no-rehearse',
];

/** The flags that a command takes beside those that all take. */
const flagsOf: Record<CommandName, readonly string[]> = {
  status: ['check', 'engine'],
  preview: ['rollback', 'to', 'steps', 'transaction', 'allow-outside', 'engine'],
  migrate: runFlags,
  rollback: runFlags,
  'mark-applied': ['to', 'steps', 'yes', 'wait', 'engine'],
  new: [],
  lock: ['break', 'force'],
  resolve: ['retry', 'mark-applied'],
  backups: [],
  restore: ['latest', 'yes', 'wait', 'engine', 'backups'],
};
const commonFlags = ['help', 'version', 'json', 'verbose', 'database', 'migrations'];

/** @throws LockstepError `usage`, with the command, if it is one */
export function parseOptions(args: readonly string[]): Options {
  try {
    return optionsIn(args);
  } catch (error) {
    const command = args[0] !== undefined && isCommand(args[0]) ? args[0] : undefined;
    const { code, params } = errorInfo(error);
    throw command && code === 'usage' ? new LockstepError(code, { ...params, command }) : error;
  }
}

function optionsIn(args: readonly string[]): Options {
  const { values, positionals } = parsed(args);
  const [command, ...rest] = positionals;
  if (command !== undefined && !isCommand(command)) {
    throw usageError(`There is no command “${command}”.`);
  }
  const name = rest.join(' ').trim();
  if (!values.help && !values.version) {
    check(command, values, name);
  }
  return {
    command,
    help: values.help ?? false,
    version: values.version ?? false,
    json: values.json ?? false,
    verbose: values.verbose ?? false,
    database: databasePath(values.database),
    migrations: values.migrations ?? [],
    to: values.to,
    steps: count('steps', values.steps, /^[1-9]\d{0,8}$/),
    wait: seconds(values.wait),
    engine: oneOf('engine', values.engine, ['auto', 'native', 'sqljs']),
    transaction: oneOf('transaction', values.transaction, ['grouped', 'each', 'all']),
    allowOutside: values['allow-outside'] ?? false,
    backup: backupOptions(values.backups, values['backup-max']),
    rollback: values.rollback ?? false,
    rehearse: values.rehearse ? 'always' : values['no-rehearse'] ? 'never' : 'auto',
    check: values.check ?? false,
    break: values.break ?? false,
    force: values.force ?? false,
    decision: values.retry ? 'retry' : values['mark-applied'] ? 'markApplied' : undefined,
    latest: values.latest ?? false,
    yes: values.yes ?? false,
    name,
  };
}

function parsed(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: flags, allowPositionals: true, strict: true });
  } catch (error) {
    const [message] = (error as Error).message.split(/\. To specify|\. Did you/);
    const [, flag, problem] =
      /--([\w-]+)(?: <value>)?' argument (missing|is ambiguous)/.exec(message) ?? [];
    throw usageError(
      problem === 'is ambiguous'
        ? `--${flag} needs a value; one that begins with “-” is written --${flag}=….`
        : problem
          ? `--${flag} needs a value.`
          : message,
    );
  }
}

function check(
  command: CommandName | undefined,
  values: ReturnType<typeof parsed>['values'],
  name: string,
): void {
  if (!command) {
    throw usageError(`Name a command: ${commandNames.join(', ')}.`);
  }
  const stray = Object.keys(values).find(
    (flag) => !commonFlags.includes(flag) && !flagsOf[command].includes(flag),
  );
  if (stray) {
    throw usageError(`--${stray} means nothing to “lockstep ${command}”.`);
  }
  const empty = Object.entries(values).find(([, value]) => [value].flat().some(isBlank));
  if (empty) {
    throw usageError(`--${empty[0]} needs a value.`);
  }
  if (command === 'new' && !isUsableName(name)) {
    throw usageError(
      name
        ? `Nothing of “${name}” can be in a file name; use letters or digits.`
        : 'Give the new migration a name.',
    );
  }
  if (command === 'restore' && Boolean(name) === Boolean(values.latest)) {
    throw usageError('Name one of “lockstep backups”, or give --latest.');
  }
  if (command !== 'new' && command !== 'restore' && name) {
    throw usageError(`Unexpected argument “${name}”.`);
  }
  if (values.to !== undefined && values.steps !== undefined) {
    throw usageError('Give --to or --steps, not both.');
  }
  if (values.rehearse && values['no-rehearse']) {
    throw usageError('Give --rehearse or --no-rehearse, not both.');
  }
  if (values.force && !values.break) {
    throw usageError('--force belongs to --break.');
  }
  if (command === 'resolve' && Boolean(values.retry) === Boolean(values['mark-applied'])) {
    throw usageError('Give --retry or --mark-applied.');
  }
}

function isBlank(value: string | boolean): boolean {
  return typeof value === 'string' && value.trim() === '';
}

function isCommand(name: string): name is CommandName {
  return (commandNames as readonly string[]).includes(name);
}

function count(flag: string, value: string | undefined, allowed: RegExp): number | undefined {
  if (value !== undefined && !allowed.test(value)) {
    const wanted = allowed.test('0') ? 'a number' : 'a number from 1 on';
    throw usageError(`--${flag} takes ${wanted}, not “${value}”.`);
  }
  return value === undefined ? undefined : Number(value);
}

function backupOptions(keep: string | undefined, max: string | undefined): BackupOptions {
  const megabytes = count('backup-max', max, /^\d{1,8}$/);
  return {
    keep: count('backups', keep, /^\d{1,5}$/) ?? defaultBackupOptions.keep,
    maxBytes: megabytes === undefined ? defaultBackupOptions.maxBytes : megabytes * 1024 * 1024,
  };
}

/** A URL as in `DATABASE_URL` is no file name: nobody means a file called `sqlite:app.db`. */
function databasePath(value: string | undefined): string | undefined {
  // One letter before the colon is a drive.
  if (value === undefined || !/^(?:file:|sqlite3?:|[a-z][a-z\d+.-]+:\/\/)/i.test(value)) {
    return value;
  }
  const path = pathOfSqliteUrl(value);
  if (path === undefined) {
    throw usageError(
      '--database takes the path of a SQLite file, or a URL of the form sqlite:path.',
    );
  }
  return path;
}

function seconds(value: string | undefined): number | undefined {
  const wanted = count('wait', value, /^\d{1,6}(?:\.\d+)?$/);
  return wanted === undefined ? undefined : Math.round(wanted * 1000);
}

/** The first is the default. */
function oneOf<T extends string>(
  flag: string,
  value: string | undefined,
  known: readonly [T, ...T[]],
): T {
  const found = value === undefined ? known[0] : known.find((each) => each === value);
  if (found === undefined) {
    throw usageError(`--${flag} is one of ${known.join(', ')}, not “${value}”.`);
  }
  return found;
}

function usageError(message: string): LockstepError {
  return new LockstepError('usage', { message });
}
