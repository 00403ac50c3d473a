/**
 * One direction of a migration.
 *
 * `text` has the length and the line breaks of its file: whatever does not belong to this
 * direction (a marker's other section) is blanked out, a leading BOM is removed. So an offset in
 * `text` is an offset in the file as an editor shows it.
 */
export interface Script {
  /** Absolute path of the file; empty where the text is the run log's, and stands in no file. */
  readonly file: string;
  readonly text: string;
  /** False when the author asked for no transaction (`-- migrate:up transaction:false`). */
  readonly transaction: boolean;
  /** True when the author asked for foreign keys to be enforced while it runs. */
  readonly foreignKeys: boolean;
  /**
   * The parts of `text` that run, in the order they run, where that is not simply the text from
   * start to end: a file with several sections runs its ways back in reverse.
   */
  readonly sections?: readonly Section[];
  /** The whole file's text, where `text` is only a part of it and comments are about all of it. */
  readonly fileText?: string;
}

/** A part of a text: offsets in UTF-16 units, `end` exclusive. */
export interface Section {
  readonly start: number;
  readonly end: number;
}

/** One migration as its folder describes it. */
export interface Migration {
  /** What the history table records, exactly as this format writes it, e.g. `20260101120000`. */
  readonly version: string;
  /** What people call it: the file name without extension, e.g. `001_initial`. Unique in a folder. */
  readonly id: string;
  /** The readable part of the file name, e.g. `initial`. */
  readonly name: string;
  readonly up: Script;
  /** Absent where there is no way back. */
  readonly down?: Script;
}

/** A migration as shown to people and sent between processes: no SQL. */
export interface MigrationRef {
  readonly version: string;
  readonly id: string;
  readonly name: string;
  /** Absolute path of the up script; absent when only the history knows it. */
  readonly file?: string;
}

/** Strips a migration down to what may be shown and sent. */
export function migrationRef({ version, id, name, up }: Migration): MigrationRef {
  return { version, id, name, file: up.file };
}
