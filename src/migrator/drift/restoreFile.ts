import { basename, dirname, join } from 'node:path';
import { restoredFiles } from '../../core/drift/restoredFiles';
import { LockstepError } from '../../core/errors';
import { formatNamed } from '../../core/formats/formats';
import type { Target } from '../../core/target';
import { writeNewFiles } from '../writeNewFiles';
import type { AppliedAnswer } from './appliedOf';
import { Git } from './git';
import { seek, type Sought } from './missingFiles';

export interface RestoredMigration {
  /** Absolute paths, the way on first. */
  readonly files: readonly string[];
  /** Where the text comes from. `log`: it is what ran, with the format's own marks around it. */
  readonly from: 'git' | 'log';
  /** The branch, where it is from one. */
  readonly branch?: string;
}

const restoreLimitMs = 5_000;

/**
 * Writes the file of an applied migration that is not here: as git has it, else as it ran. Never
 * overwrites; where one of two files cannot be written, neither is left.
 *
 * @throws LockstepError `drift.over` where it is here or not applied, `drift.notKept`,
 *   `migrations.unwritable`
 */
export async function restoreFile(
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
