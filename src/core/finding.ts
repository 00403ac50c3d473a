import type { MigrationRef } from './migration';

/** What the planner noticed; `refuse` stops a run before anything happens. */
export interface Finding {
  readonly code:
    | 'duplicate' // two files with one version
    | 'missing' // applied, but no file here
    | 'edited' // applied, and the file says something else now
    | 'outOfOrder' // pending, and older than the newest applied
    | 'schemaFile' // dbmate's schema.sql exists; Lockstep does not rewrite it
    | 'logUnwritable'; // message: the run log beside the database cannot be written
  readonly severity: 'info' | 'warning' | 'refuse';
  readonly migration?: MigrationRef;
  /** Further parameters for the sentence, e.g. `files` of a duplicate. */
  readonly params: Readonly<Record<string, string | number>>;
}
