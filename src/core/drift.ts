import type { EngineInfo, EngineName } from './connection';
import type { SchemaObject } from './schema/schema';
import { diffLines, schemaText } from './schema/schemaText';
import type { ErrorInfo } from './errors';
import type { LogEntry, LoggedScript } from './history/runLog';
import type { FormatName, HistoryEntry, HolderName, MigrationRef, Owner, Target } from './model';
import type { StepVerdict } from './rehearsal/rehearsal';
import type { Outcome } from './run/runEvents';
import type { WaitLimits } from './run/runRequest';
import { foldName, sameTokens, type Tokens } from './sql/tokens';

/** @param expected sorted as `actual` is */
export function compareSchemas(
  expected: readonly SchemaObject[],
  actual: readonly SchemaObject[],
): Pick<SchemaComparison, 'verdict' | 'missing' | 'different' | 'extra' | 'expected' | 'actual'> {
  const has = new Map(actual.map((object) => [keyOf(object), object]));
  const wanted = new Map(expected.map((object) => [keyOf(object), object]));
  const isSame = (object: SchemaObject): boolean => {
    const other = has.get(keyOf(object));
    return other !== undefined && sameDefinition(object.sql, other.sql);
  };
  const missing = expected.filter((object) => !has.has(keyOf(object)));
  const different = expected.filter((object) => has.has(keyOf(object)) && !isSame(object));
  const extra = actual.filter((object) => !wanted.has(keyOf(object)));
  // What is only written otherwise is shown alike, so that the differences stand out.
  const shown = actual.map((object) => {
    const other = wanted.get(keyOf(object));
    return other && isSame(other) ? other : object;
  });
  return {
    verdict: missing.length + different.length > 0 ? 'differs' : extra.length > 0 ? 'more' : 'same',
    missing: missing.map(nameOf),
    different: different.map(nameOf),
    extra: extra.map(nameOf),
    expected: schemaText(expected),
    actual: schemaText(shown),
  };
}

/** SQLite compares names so, for ASCII. */
function keyOf({ type, name }: SchemaObject): string {
  return `${type} ${foldName(name)}`;
}

function nameOf({ type, name }: SchemaObject): string {
  return `${type} ${name}`;
}

/** Whether two definitions say the same: case of words, quotes of names, blanks and comments apart. */
function sameDefinition(a: string, b: string): boolean {
  return sameTokens(a, b, (first, second) => meaning(first) === meaning(second));
}

function meaning(token: Tokens): string {
  const isName = token.kind === 'word' || token.kind === 'quoted';
  return isName ? `name ${foldName(token.name)}` : `${token.kind} ${token.raw}`;
}

/** Nobody reads more of them in a comment. */
const mostLines = 60;

/** What was changed in a migration after it ran, as SQL comments for the one that follows it up. */
export function followUpNote(id: string, ran: string, now: string): string {
  const changed = diffLines(linesOf(ran), linesOf(now)).filter(({ text }) => text.trim() !== '');
  const shown = changed.slice(0, mostLines).map(({ sign, text }) => `--   ${sign} ${text}`);
  const more = changed.length - shown.length;
  return [
    `-- ${id} was changed after it was applied:`,
    '-- - as it ran, + as its file says now.',
    ...shown,
    ...(more > 0 ? [`--   (${more} lines more)`] : []),
    '-- Write here what makes the difference, and put that file back as it ran,',
    '-- since a new database runs both.',
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function linesOf(sql: string): string[] {
  // Other line ends than these would end the comment for SQLite or an editor.
  return sql.split(/\r\n|[\r\n\u2028\u2029]/);
}

/** Pending migrations to be recorded as applied without being run. Plain data. */
export interface MarkRequest {
  readonly target: Target;
  /** What the person saw and meant; of these, what is still pending is recorded. */
  readonly versions: readonly string[];
  readonly owner: Owner;
  readonly engine: EngineName | 'auto';
  readonly wait: WaitLimits;
}

export interface MarkResult {
  readonly outcome: Outcome;
  /** Recorded by this, in order. */
  readonly marked: readonly MigrationRef[];
  /** Meant, and applied by somebody else meanwhile. */
  readonly alreadyApplied: readonly MigrationRef[];
  /** Why the details could not be kept, although the migrations are recorded. */
  readonly logProblem?: string;
  readonly holder?: HolderName;
  readonly error?: ErrorInfo;
  readonly ms: number;
}

/** An applied migration, as it ran and as its file says now. Plain data. */
export interface AppliedSource {
  readonly migration: MigrationRef;
  readonly state: HistoryEntry['file'];
  /** What ran; absent where the log does not know. */
  readonly ran?: RanScript;
  /** Absent where there is no file. */
  readonly now?: CurrentScript;
}

interface RanScript {
  /** Only what ran, in the order it ran. Absent where it was too long to be kept. */
  readonly sql?: string;
  /** ISO 8601. */
  readonly at: string;
  /** Whether its down script was kept. */
  readonly reversible: boolean;
}

interface CurrentScript {
  /** Absolute path. */
  readonly file: string;
  /** Only what would run, in the order it would run. */
  readonly sql: string;
  /** Names the text in which it was edited. */
  readonly checksum: string;
  /** The file holds nothing else, so that it can be compared as it is. */
  readonly isWholeFile: boolean;
}

/** A file to be written. */
interface RestoredFile {
  readonly fileName: string;
  readonly text: string;
}

/**
 * A migration's file or files as a folder of that format has them, made of what the log kept.
 * Undefined where its text was too long to be kept.
 *
 * @param fileName of the up script
 */
export function restoredFiles(
  format: FormatName,
  fileName: string,
  { up, down }: Pick<LogEntry, 'up' | 'down'>,
): readonly RestoredFile[] | undefined {
  if (up.sql === '') {
    return undefined;
  }
  if (format === 'dbmate') {
    const text = [section('up', up), ...(down ? [section('down', down)] : [])].join('\n');
    return [{ fileName, text }];
  }
  const files = [{ fileName, text: `${up.sql}\n` }];
  const downName = fileName.replace(/(?:\.up)?\.sql$/i, '.down.sql');
  return down ? [...files, { fileName: downName, text: `${down.sql}\n` }] : files;
}

function section(
  direction: 'up' | 'down',
  { sql, transaction, foreignKeys }: LoggedScript,
): string {
  const options = `${transaction ? '' : ' transaction:false'}${foreignKeys ? ' foreign_keys:true' : ''}`;
  return `-- migrate:${direction}${options}\n${sql}\n`;
}

/** The schema that migrations make, beside the one that a database has. Plain data. */
export interface SchemaComparison {
  /** What would be recorded as applied, in order. */
  readonly record: readonly MigrationRef[];
  /**
   * `same`: the database has what the migrations make, and nothing else. `more`: it has that and
   * other things. `differs`: something is missing or not the same. `cannot`: it is not known what the
   * migrations make.
   */
  readonly verdict: 'same' | 'more' | 'differs' | 'cannot';
  /** Names of objects, e.g. `table users`, in the order of the schema. */
  readonly missing: readonly string[];
  readonly different: readonly string[];
  readonly extra: readonly string[];
  /** Both schemas as texts to be compared line by line. */
  readonly expected: string;
  readonly actual: string;
  /** Applied, but without a file: what they made is not expected. */
  readonly unknown: readonly MigrationRef[];
  /** Why it cannot be told. */
  readonly error?: ErrorInfo;
  readonly cannot?: Extract<StepVerdict, { kind: 'cannot' }>;
  /** The migration at which it was found. */
  readonly stoppedAt?: MigrationRef;
  /** The engine that ran the migrations on an empty database. */
  readonly engine?: EngineInfo;
}

/** Where the files of applied migrations are that are not here. Plain data. */
export interface MissingFiles {
  /** Whether the folder is in a git repository that could be asked. */
  readonly repository: boolean;
  readonly files: readonly MissingFile[];
}

export interface MissingFile {
  /** As the history records it. */
  readonly version: string;
  /** Absolute path at which it ran, where it still is: another worktree or copy of the project. */
  readonly elsewhere?: string;
  /** Branches that have it, the ones with the newest commits first; a few at most. */
  readonly branches: readonly string[];
  /** Absolute path of the worktree in which the first of them is checked out. */
  readonly worktree?: string;
  /** The commit that removed it, where no branch has it any more. */
  readonly removedIn?: string;
}
