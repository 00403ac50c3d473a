import type { HistoryTable } from '../history/historyTable';
import type { FormatName, Migration, MigrationRef } from '../model';

/** A file of a migrations folder, read. */
export interface SourceFile {
  /** Absolute path. */
  readonly path: string;
  /** Decoded text as an editor shows it (no BOM). */
  readonly text: string;
}

/** What the order of migrations depends on. */
export type Ordered = Pick<MigrationRef, 'version' | 'id'>;

/** One on-disk convention. Pure: it is given names and texts and reads no file itself. */
export interface Format {
  readonly name: FormatName;
  readonly historyTable: HistoryTable;
  /** Whether a file of this name (no folder) belongs to the convention. Cheap; used on every name. */
  matches(fileName: string): boolean;
  /**
   * Whether the folder is in this convention, given the names that match and the text of a few.
   * At most one format claims a folder.
   */
  claims(files: readonly SourceFile[]): boolean;
  /**
   * The migrations in the order they run. Throws `migrations.invalid` with file, line and column
   * for the first file that cannot be understood. Duplicate versions are kept: the planner refuses.
   */
  parse(files: readonly SourceFile[]): Migration[];
  /** Whether two recorded versions are the same one (`001` and `1` in plain numbers). */
  sameVersion(a: string, b: string): boolean;
  /** Equal for two versions exactly when they are the same one. */
  versionKey(version: string): string;
  /** The order in which migrations run; also for those whose file is not here. */
  compare(a: Ordered, b: Ordered): number;
  /** The file to create for a new migration: name follows the folder's own style, gaps and width. */
  newFile(existing: readonly Migration[], name: string, now: Date): NewFile[];
}

export interface NewFile {
  /** File name without folder. */
  readonly fileName: string;
  readonly text: string;
  /** Offset in `text` where the person starts to type. */
  readonly cursor: number;
}
