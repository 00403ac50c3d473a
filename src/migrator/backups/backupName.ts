import type { BackupReason } from '../../core/backup';

/** Characters of a migration's id that a file's name shows: enough to know it by. */
const longestId = 60;

const restoring = 'before-restore';
const pattern = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)(\d{3})Z\.([\w-]+)\.backup$/;

/** What the name of a backup tells. */
export interface BackupName {
  /** ISO 8601. */
  readonly at: string;
  readonly reason: BackupReason;
}

/** `20260102T030405678Z.before-003_users.backup`: what follows the database's name. */
export function backupSuffix({ at, reason }: BackupName): string {
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
