/**
 * Whether a run is tried on a copy first. `auto`: where it could stop half-way, and no longer than
 * nobody minds. `always`: also a single migration, and for as long as a preview may take.
 */
export type RehearseMode = 'auto' | 'always' | 'never';

export interface RehearseOptions {
  readonly mode: RehearseMode;
  /** Bytes; of a larger database only the schema is tried. */
  readonly maxBytes: number;
}

export const defaultRehearseMaxBytes = 64 * 1024 * 1024;
