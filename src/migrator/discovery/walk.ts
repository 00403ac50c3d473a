import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join, relative, sep } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { isInside } from '../../sqlite/databaseFile';
import { skippedFolders } from '../protocol';
import { compileGlobs } from './glob';

/** A folder that was entered, with the regular files in it. */
export interface WalkedFolder {
  /** Absolute. */
  readonly path: string;
  /** The workspace folder it was reached from. */
  readonly root: string;
  /** Names, sorted; regular files and links to such. */
  readonly files: readonly string[];
}

/** So many folders are read at once; more gains nothing with libuv's four threads. */
const parallel = 16;

/**
 * Lists the folders below the roots, the shallow ones first, so that what a limit cuts off is deep
 * down. Opens no file. A linked folder is entered once and only where it leads out of the roots.
 */
export async function walk(
  roots: readonly string[],
  exclude: readonly string[],
  budget: Budget,
): Promise<WalkedFolder[]> {
  const excluded = compileGlobs(exclude);
  const found: WalkedFolder[] = [];
  const seen = new Set<string>();
  const linked = new Set<string>();
  const realRoots = (await Promise.all(roots.map(tryRealpath))).filter(
    (path) => path !== undefined,
  );
  let level = roots.map((root) => ({ path: root, root }));
  while (level.length > 0 && !budget.exceeded) {
    const read = await concurrently(level, parallel, async ({ path, root }) => {
      if (!budget.hasTime()) {
        return undefined;
      }
      const entries = await tryReaddir(path);
      return entries && { path, root, ...(await sorted(path, root, entries)) };
    });
    level = [];
    for (const folder of read) {
      // A root may lie inside another one.
      if (folder && !seen.has(folder.path)) {
        seen.add(folder.path);
        const granted = budget.takeFiles(folder.files.length);
        found.push({ ...folder, files: folder.files.slice(0, granted) });
        level.push(...folder.folders.map((path) => ({ path, root: folder.root })));
      }
    }
  }
  return found;

  async function sorted(
    path: string,
    root: string,
    entries: Dirent[],
  ): Promise<{ files: string[]; folders: string[] }> {
    const files: string[] = [];
    const folders: string[] = [];
    for (const entry of entries) {
      if (!budget.hasTime()) {
        break;
      }
      const child = join(path, entry.name);
      if (skippedFolders.has(entry.name) || excluded(relative(root, child).split(sep).join('/'))) {
        continue;
      }
      const kind = entry.isSymbolicLink() ? await linkKind(child) : kindOf(entry);
      if (kind === 'file') {
        files.push(entry.name);
      } else if (kind === 'folder') {
        folders.push(child);
      }
    }
    return { files: files.sort(), folders: folders.sort() };
  }

  /** What a link leads to, unless following it would go in circles or find the same again. */
  async function linkKind(link: string): Promise<'file' | 'folder' | undefined> {
    const target = await tryRealpath(link);
    const kind = target === undefined ? undefined : await tryKind(target);
    if (kind !== 'folder') {
      return kind;
    }
    const real = target!;
    const known = realRoots.some((root) => isInside(root, real) || isInside(real, root));
    if (known || linked.has(real)) {
      return undefined;
    }
    linked.add(real);
    return kind;
  }
}

function kindOf(entry: {
  isFile(): boolean;
  isDirectory(): boolean;
}): 'file' | 'folder' | undefined {
  return entry.isFile() ? 'file' : entry.isDirectory() ? 'folder' : undefined;
}

async function tryKind(path: string): Promise<'file' | 'folder' | undefined> {
  try {
    return kindOf(await stat(path));
  } catch {
    return undefined;
  }
}

async function tryRealpath(path: string): Promise<string | undefined> {
  try {
    return await realpath(path);
  } catch {
    return undefined;
  }
}

async function tryReaddir(path: string): Promise<Dirent[] | undefined> {
  try {
    return await readdir(path, { withFileTypes: true });
  } catch {
    return undefined;
  }
}

/** What one search may cost; whatever goes beyond is left out and the search is incomplete. */
export interface BudgetLimits {
  readonly files: number;
  readonly opens: number;
  /** Milliseconds from the start. */
  readonly ms: number;
}

export const searchLimits: BudgetLimits = { files: 50_000, opens: 2_000, ms: 2_000 };

/** Counts what a search costs. */
export class Budget {
  private files = 0;
  private opens = 0;
  private readonly deadline: number;
  private short = false;

  constructor(
    private readonly limits: BudgetLimits,
    private readonly signal?: AbortSignal,
  ) {
    this.deadline = performance.now() + limits.ms;
  }

  /** True once something had to be left out. */
  get exceeded(): boolean {
    return this.short;
  }

  /** Whether there is time left; throws when the search was cancelled. */
  hasTime(): boolean {
    this.signal?.throwIfAborted();
    return this.allow(performance.now() < this.deadline);
  }

  /** How many of these many more files may be looked at. */
  takeFiles(wanted: number): number {
    const granted = Math.max(0, Math.min(wanted, this.limits.files - this.files));
    this.files += granted;
    this.allow(granted === wanted);
    return granted;
  }

  /** Whether one more file may be opened. */
  takeOpen(): boolean {
    return this.allow(this.opens++ < this.limits.opens);
  }

  private allow(allowed: boolean): boolean {
    this.short ||= !allowed;
    return allowed;
  }
}

/** Milliseconds after which others on this thread get their turn. */
const slice = 4;

/**
 * Does quick synchronous `work` for every item without keeping the thread busy for long: for many
 * small calls, such as stat, a promise for each costs five times the call (measured).
 */
export async function inSlices<T, R>(items: readonly T[], work: (item: T) => R): Promise<R[]> {
  const results: R[] = [];
  let until = performance.now() + slice;
  for (const item of items) {
    if (performance.now() > until) {
      await setImmediate();
      until = performance.now() + slice;
    }
    results.push(work(item));
  }
  return results;
}

/** Does `work` for every item, at most `limit` at a time. The results keep the items' order. */
export async function concurrently<T, R>(
  items: readonly T[],
  limit: number,
  work: (item: T) => Promise<R>,
): Promise<R[]> {
  const results = new Array<R>(items.length);
  let next = 0;
  const worker = async (): Promise<void> => {
    while (next < items.length) {
      const at = next++;
      results[at] = await work(items[at]);
    }
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
