import { lstatSync, rmSync } from 'node:fs';
import { basename } from 'node:path';
import type { Backup, BackupReason } from '../core/model';
import { LockstepError } from '../core/errors';
import { FileMarkStore, markSuffix, Sidecar } from './sidecar';

const unfinished = '.tmp';

/** The backups of one database, in its `.lockstep` folder. Opens none of them. */
export class BackupFolder {
  public readonly sidecar: Sidecar;

  /** @param database canonical path */
  constructor(database: string) {
    this.sidecar = new Sidecar(database);
  }

  /** Newest first. */
  public list(): Backup[] {
    return this.suffixes()
      .flatMap((suffix) => this.backup(suffix) ?? [])
      .sort((a, b) => (a.at === b.at ? b.name.localeCompare(a.name) : b.at.localeCompare(a.at)));
  }

  /** @throws LockstepError `backup.unknown`; a name that is a path is none */
  public find(name: string): Backup {
    const found = this.list().find((backup) => backup.name === name);
    if (!found) {
      throw new LockstepError('backup.unknown', { name, folder: this.sidecar.folder });
    }
    return found;
  }

  /** Where a backup goes, and where it is made before it is whole. */
  public paths(name: BackupName): { final: string; unfinished: string } {
    const final = this.sidecar.file(backupSuffix(name));
    return { final, unfinished: final + unfinished };
  }

  /** The running mark that the state in a backup had: of a step that it holds half done. */
  public marksOf(file: string): FileMarkStore {
    return new FileMarkStore(this.sidecar, `${this.suffixOf(basename(file))}.${markSuffix}`);
  }

  /** Removes what killed processes left. For a caller that holds the write lock, so that nobody else makes a backup now. */
  public sweep(): void {
    const suffixes = this.suffixes();
    const left = suffixes.filter((suffix) => {
      const [name, rest] = suffix.split(unfinished, 2);
      return rest !== undefined && parseBackupSuffix(name) !== undefined;
    });
    const orphaned = suffixes.filter((suffix) => {
      const name = suffix.endsWith(`.${markSuffix}`) && suffix.slice(0, -markSuffix.length - 1);
      return name && parseBackupSuffix(name) !== undefined && !suffixes.includes(name);
    });
    [...left, ...orphaned].forEach((suffix) => this.removeFile(this.sidecar.file(suffix)));
  }

  /** Removes the oldest until `keep` are left. @param inUse absolute paths that stay in any case */
  public prune(keep: number, inUse: readonly string[]): void {
    const kept = new Set(inUse); // what is restored may be the copy of what is replaced
    const others = this.list().filter(({ file }) => !kept.has(file));
    others.slice(Math.max(0, keep - kept.size)).forEach(({ file }) => this.remove(file));
  }

  /** Without an error: one too many does no harm, and the next run tries again. */
  public remove(file: string): void {
    // In this order: a backup is never there without its mark.
    if (this.removeFile(file)) {
      this.removeFile(this.marksOf(file).path);
    }
  }

  private removeFile(file: string): boolean {
    try {
      rmSync(file, { force: true });
      return true;
    } catch {
      return false; // a folder of that name, or no permission
    }
  }

  /** The names in the folder that begin with the database's, without that. */
  private suffixes(): string[] {
    const start = basename(this.sidecar.file(''));
    return this.sidecar
      .names()
      .filter((name) => name.startsWith(start))
      .map((name) => this.suffixOf(name));
  }

  private suffixOf(name: string): string {
    return name.slice(basename(this.sidecar.file('')).length);
  }

  private backup(suffix: string): Backup | undefined {
    const parsed = parseBackupSuffix(suffix);
    const file = this.sidecar.file(suffix);
    const found = parsed && lstatSync(file, { throwIfNoEntry: false });
    return found?.isFile()
      ? { ...parsed!, name: basename(file), file, bytes: found.size }
      : undefined;
  }
}

/** Characters of a migration's id that a file's name shows: enough to know it by. */
const longestId = 60;

const restoring = 'before-restore';
const pattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.([\w-]+)\.backup$/;

/** What the name of a backup says. */
interface BackupName {
  /** ISO 8601. */
  readonly at: string;
  readonly reason: BackupReason;
}

/** `20260102T030405678Z.before-003_users.backup`: what follows the database's name. */
function backupSuffix({ at, reason }: BackupName): string {
  return `${at.replace(/[-:.]/g, '')}.${reasonText(reason)}.backup`;
}

/** Undefined for the name of something else. */
export function parseBackupSuffix(suffix: string): BackupName | undefined {
  const [, year, month, day, hours, minutes, seconds, ms, reason] = pattern.exec(suffix) ?? [];
  const at = `${year}-${month}-${day}T${hours}:${minutes}:${seconds}.${ms}Z`;
  const parsed = reason === undefined ? undefined : parseReason(reason);
  return parsed && !Number.isNaN(Date.parse(at)) ? { at, reason: parsed } : undefined;
}

function reasonText(reason: BackupReason): string {
  switch (reason.kind) {
    case 'restore':
      return restoring;
    case 'up':
      return `before-${slug(reason.migration)}`;
    case 'down':
      return `before-undo-${slug(reason.migration)}`;
  }
}

function parseReason(text: string): BackupReason | undefined {
  if (text === restoring) {
    return { kind: 'restore' };
  }
  const [, undo, migration] = /^before-(undo-)?(.+)$/.exec(text) ?? [];
  return migration ? { kind: undo ? 'down' : 'up', migration } : undefined;
}

function slug(id: string): string {
  return id.replace(/\W+/g, '-').slice(0, longestId) || 'migration';
}
