/** What was about to happen when a backup was made. */
export type BackupReason =
  /** A run; the migration is the first that it was to apply or undo, as the file's name tells it. */
  | { readonly kind: 'up' | 'down'; readonly migration: string }
  /** Another backup was to be restored. */
  | { readonly kind: 'restore' };

/** A copy of a database as it was at one moment. */
export interface Backup {
  /** The file's name, which `restore` is given. */
  readonly name: string;
  /** Absolute path. */
  readonly file: string;
  /** ISO 8601. */
  readonly at: string;
  readonly bytes: number;
  readonly reason: BackupReason;
}

/** How runs make backups. */
export interface BackupOptions {
  /** So many are kept, the newest; 0: none is made and none removed. */
  readonly keep: number;
  /** Databases larger than this are not copied. */
  readonly maxBytes: number;
}

export const defaultBackupOptions: BackupOptions = { keep: 5, maxBytes: 256 * 1024 * 1024 };
