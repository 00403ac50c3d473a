import type { FormatName } from '../../core/target';

/** Migrations that belong together: one folder, or the several of `DBMATE_MIGRATIONS_DIR`. */
export interface MigrationSet {
  /** Absolute. */
  readonly folders: readonly string[];
  /** The workspace folder. */
  readonly root: string;
  readonly format: FormatName;
  /** Name of the table this format keeps its history in. */
  readonly historyTable: string;
  readonly versions: readonly string[];
  /** Equal for two versions exactly when they are the same one. */
  versionKey(version: string): string;
}

/** A file that is a SQLite database. */
export interface FoundDatabase {
  readonly path: string;
  /** By table: the versions recorded in it. No entry: no such table, or not readable now. */
  readonly histories: ReadonlyMap<string, readonly string[]>;
}

/** What a `.env` file, or the environment of a terminal, says about a project. */
export interface ProjectEnv {
  /** Absolute; relative paths count from here. */
  readonly folder: string;
  /** Absolute path of the SQLite file that `DATABASE_URL` names; it need not exist. */
  readonly database?: string;
  /** `DBMATE_MIGRATIONS_DIR`, absolute; empty where it is not said. */
  readonly migrations: readonly string[];
}
