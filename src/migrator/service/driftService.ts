import { existsSync, statSync } from 'node:fs';
import { basename, dirname, isAbsolute, join, resolve } from 'node:path';
import {
  compareSchemas,
  followUpNote,
  type MissingFile,
  type AppliedSource,
  restoredFiles,
  type SchemaComparison,
  type MissingFiles,
} from '../../core/drift';
import { LockstepError } from '../../core/errors';
import type { Format } from '../../core/formats/format';
import { formatNamed } from '../../core/formats/formats';
import { numberedName } from '../../core/formats/fileNames';
import type { Owner, Target } from '../../core/model';
import type { KnownMigration } from '../../core/plan/reconcile';
import { schemaText } from '../../core/schema/schemaText';
import { processIdentity } from '../../system/process';
import { chooseEngine } from '../../sqlite/native/nativeModule';
import type {
  AppliedMigration,
  CompareRequest,
  NewMigrationRequest,
  RestoredMigration,
} from '../protocol';
import { writeNewFiles } from '../textFile';
import type { AppliedAnswer } from '../threadProtocol';
import { findInGit, type FoundInGit, Git, namesInGit } from './git';
import type { Rehearser } from './rehearser';
import type { ThreadPool } from './threads';

/** Milliseconds for all that git is asked. */
const searchLimitMs = 3_000;
const mostAsked = 100;
const mostBranchesSaid = 5;

/** A file that is not here, and where it can be had. */
interface Sought {
  readonly known: KnownMigration;
  /** Absolute path at which it would be here; absent where nobody knows its name. */
  readonly path?: string;
  readonly elsewhere?: string;
  readonly inGit?: FoundInGit;
}

/** Where the files are that are missing. */
async function locateMissingFiles(target: Target, answer: AppliedAnswer): Promise<MissingFiles> {
  const { repository, sought } = await seek(target, answer);
  return { repository, files: sought.map(missingFile) };
}

/** Searches on this disk and in git; changes nothing and reads no other repository. */
async function seek(
  { folders }: Target,
  { format, found }: AppliedAnswer,
): Promise<{ repository: boolean; sought: readonly Sought[] }> {
  const [folder] = folders;
  const git = new Git(folder, searchLimitMs);
  const asked = found.slice(0, mostAsked);
  const named = await names(formatNamed(format), asked, git);
  const wanted = [...new Set(named.values())];
  const inGit = await findInGit(git, wanted);
  const sought = asked.map((known): Sought => {
    const name = named.get(known);
    const file = known.log?.file;
    return {
      known,
      ...(name && { path: join(homeOf(file, folders), name), inGit: inGit?.get(name) }),
      ...(file && isElsewhere(file, folders) && { elsewhere: file }),
    };
  });
  return { repository: inGit !== undefined, sought };
}

/** What the missing files are called: as the log says, else as git remembers a file of the version. */
async function names(
  format: Format,
  missing: readonly KnownMigration[],
  git: Git,
): Promise<Map<KnownMigration, string>> {
  const named = new Map<KnownMigration, string>();
  for (const known of missing) {
    const name = known.log && basename(known.log.file);
    // The log may say anything; a line break would be a question more to git.
    if (name && format.matches(name) && !/[\r\n\0]/.test(name)) {
      named.set(known, name);
    }
  }
  if (named.size < missing.length) {
    const remembered = (await namesInGit(git)).filter((name) => format.matches(name));
    for (const known of missing.filter((one) => !named.has(one))) {
      const name = remembered.find((each) => isOf(format, each, known.applied!));
      if (name) {
        named.set(known, name);
      }
    }
  }
  return named;
}

function isOf(format: Format, name: string, version: string): boolean {
  const parts = numberedName(name);
  return parts?.direction !== 'down' && format.sameVersion(parts?.version ?? '', version);
}

/** The folder of the target in which the file was, else its first. */
function homeOf(file: string | undefined, folders: Target['folders']): string {
  return folders.find((folder) => file && resolve(dirname(file)) === resolve(folder)) ?? folders[0];
}

function isElsewhere(file: string, folders: Target['folders']): boolean {
  return (
    isAbsolute(file) &&
    !folders.some((folder) => resolve(dirname(file)) === resolve(folder)) &&
    existsSync(file) &&
    statSync(file, { throwIfNoEntry: false })?.isFile() === true
  );
}

function missingFile({ known, elsewhere, inGit }: Sought): MissingFile {
  const { branches = [], worktree, removedIn } = inGit ?? {};
  return {
    version: known.applied!,
    branches: branches.slice(0, mostBranchesSaid),
    ...(elsewhere && { elsewhere }),
    ...(worktree && { worktree }),
    ...(removedIn && { removedIn }),
  };
}

const restoreLimitMs = 5_000;

/**
 * Writes the file of an applied migration that is not here: as git has it, else as it ran. Never
 * overwrites; where one of two files cannot be written, neither is left.
 *
 * @throws LockstepError `drift.over` where it is here or not applied, `drift.notKept`,
 *   `migrations.unwritable`
 */
async function restoreFile(
  target: Target,
  version: string,
  { format, found }: AppliedAnswer,
): Promise<RestoredMigration> {
  const missing = found.filter(({ migration }) => !migration);
  const [sought] = (await seek(target, { format, found: missing })).sought;
  if (!sought) {
    throw new LockstepError('drift.over', { migration: version });
  }
  const { known, path } = sought;
  const fromGit = path && (await textsFromGit(sought, path));
  const name = path ? basename(path) : `${known.applied}_restored.sql`;
  // A version is what somebody's database says: it may be a path.
  const isName =
    basename(name) === name && formatNamed(format).matches(name) && !/[\r\n\0]/.test(name);
  const fromLog = known.log && isName && restoredFiles(format, name, known.log);
  const texts = fromGit || fromLog;
  if (!texts) {
    throw new LockstepError('drift.notKept', { migration: known.ref.id });
  }
  const folder = path ? dirname(path) : target.folders[0];
  const files = texts.map(({ fileName, text }) => ({ path: join(folder, fileName), text }));
  await writeNewFiles(folder, files);
  const branch = fromGit ? sought.inGit?.branches[0] : undefined;
  return {
    files: files.map((file) => file.path),
    from: fromGit ? 'git' : 'log',
    ...(branch && { branch }),
  };
}

async function textsFromGit(
  { inGit }: Sought,
  path: string,
): Promise<{ fileName: string; text: Buffer }[] | undefined> {
  if (!inGit) {
    return undefined;
  }
  const git = new Git(dirname(path), restoreLimitMs);
  const text = await git.ask(['cat-file', 'blob', inGit.object]);
  if (!text) {
    return undefined;
  }
  const down = (name: string): string => name.replace(/(?:\.up)?\.sql$/i, '.down.sql');
  const back = await git.ask(['cat-file', 'blob', down(inGit.object)]);
  const fileName = basename(path);
  return [{ fileName, text }, ...(back ? [{ fileName: down(fileName), text: back }] : [])];
}

/** What a migrator process does where files and databases do not agree. */
export class DriftService {
  constructor(
    private readonly pool: ThreadPool,
    private readonly rehearser: Rehearser,
  ) {}

  /** See `ranRequest`. @throws LockstepError `drift.over` */
  public async ran(migration: AppliedMigration): Promise<AppliedSource> {
    return this.reader.call('ran', migration);
  }

  /** See `acceptEditedRequest`. @throws LockstepError `drift.over`, `log.unwritable` */
  public async acceptEdited(
    migration: AppliedMigration & { checksum: string; owner: Owner },
  ): Promise<void> {
    const { target, version, checksum, owner } = migration;
    const { pid, host } = processIdentity();
    const holder = { kind: owner.kind, workspace: owner.workspace, pid, host };
    await this.reader.call('accept', { target, version, checksum, holder });
  }

  /** See `locateMissingFilesRequest`. */
  public async locateMissingFiles(target: Target): Promise<MissingFiles> {
    return locateMissingFiles(target, await this.applied({ target }));
  }

  /** See `restoreFileRequest`. */
  public async restoreFile({ target, version }: AppliedMigration): Promise<RestoredMigration> {
    return restoreFile(target, version, await this.applied({ target, version }));
  }

  /** See `compareSchemaRequest`. */
  public async compareSchema(
    request: CompareRequest,
    signal?: AbortSignal,
  ): Promise<SchemaComparison> {
    return compareSchema(request, this.pool, this.rehearser, signal);
  }

  /** What a migration that follows up another begins with. */
  public async note({ target, followsUp }: NewMigrationRequest): Promise<string | undefined> {
    if (followsUp === undefined) {
      return undefined;
    }
    const { migration, ran, now } = await this.ran({ target, version: followsUp });
    return ran?.sql && now ? followUpNote(migration.id, ran.sql, now.sql) : undefined;
  }

  private applied(ask: { target: Target; version?: string }): Promise<AppliedAnswer> {
    return this.reader.call('applied', ask);
  }

  private get reader(): ReturnType<ThreadPool['looks']> {
    return this.pool.looks(chooseEngine('auto'));
  }
}

/**
 * Compares the schema of a database with the one that its migrations make on an empty one, up to the
 * goal. Changes nothing.
 *
 * @throws LockstepError `run.cancelled`, or what is wrong with the target itself
 */
async function compareSchema(
  request: CompareRequest,
  pool: ThreadPool,
  rehearser: Rehearser,
  signal?: AbortSignal,
): Promise<SchemaComparison> {
  const { target, goal } = request;
  const reader = pool.looks(chooseEngine(request.engine));
  const { record, made, unknown, schema } = await reader.call('baseline', { target, goal });
  const actual = schemaText(schema);
  const about = { record, unknown, expected: '', actual, missing: [], different: [], extra: [] };
  const rehearsal = await rehearser.rehearse(
    {
      ...request,
      transaction: 'each',
      direction: 'up',
      goal: { kind: 'steps', steps: made.length },
      intended: made,
      from: 'empty',
      detail: 'run',
    },
    signal,
    reader,
  );
  const { engine, error } = rehearsal;
  if (rehearsal.verdict !== 'works') {
    const stopped = rehearsal.steps.find(({ verdict }) => /^(fails|cannot)$/.test(verdict.kind));
    const verdict = stopped?.verdict;
    return {
      ...about,
      verdict: 'cannot',
      engine,
      error: verdict?.kind === 'fails' ? verdict.error : error,
      ...(verdict?.kind === 'cannot' && { cannot: verdict, stoppedAt: stopped?.migration }),
    };
  }
  return { ...about, engine, ...compareSchemas(rehearsal.schemaAfter, schema) };
}
