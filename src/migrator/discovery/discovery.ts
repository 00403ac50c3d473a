import type { FormatName, Target } from '../../core/target';

export interface DiscoverRequest {
  /** Absolute paths of workspace folders. */
  readonly roots: readonly string[];
  /** Pairs stated by the person; they come first and are not searched for again. */
  readonly stated: readonly Target[];
  /** Glob patterns of folders and files not to search, relative to a root (`files.exclude`). */
  readonly exclude: readonly string[];
  /**
   * Variables of the process that override the first root's `.env`, as dbmate has it: `DATABASE_URL`,
   * `DBMATE_MIGRATIONS_DIR`. Given by terminals, whose environment the person made for that folder.
   */
  readonly environment?: Readonly<Record<string, string>>;
}

/** What a search of the workspace found. */
export interface Discovery {
  readonly targets: readonly DiscoveredTarget[];
  /** Folders in a layout Lockstep recognises and does not run (goose, Flyway, …). */
  readonly unsupported: readonly { readonly folder: string; readonly layout: string }[];
  /** SQLite databases to which no migrations were found. */
  readonly unpaired: readonly string[];
  /** True when a limit (files, opens, time) ended the search early. */
  readonly incomplete: boolean;
}

export interface DiscoveredTarget extends Target {
  readonly format: FormatName;
  /**
   * Why these belong together. `databaseUrl`: the person named the database, it may be missing yet.
   * `create`: there is no database, and `database` is only a proposal.
   */
  readonly because: 'stated' | 'history' | 'databaseUrl' | 'neighbour' | 'create';
}
