/** The on-disk conventions Lockstep reads; one file each in `core/formats`. */
export type FormatName = 'plain' | 'dbmate';

/** One database and the migrations that belong to it. */
export interface Target {
  /** Absolute path as the person knows it; need not exist. */
  readonly database: string;
  /** Absolute paths of the folders with migrations (dbmate allows several), at least one. */
  readonly folders: readonly string[];
  /** Found out from the folder where absent. */
  readonly format?: FormatName;
}
