import type { EngineName } from '../connection';
import type { Holder } from '../holder';
import type { Direction } from '../run/direction';

/** One direction of a migration as it stood in its file when the migration ran. */
export interface LoggedScript {
  /** Only what runs, in the order it runs. */
  readonly sql: string;
  readonly transaction: boolean;
  readonly foreignKeys: boolean;
}

/** Somebody has said that a file's new text is the same migration as what ran. */
export interface Acceptance {
  /** ISO 8601. */
  readonly at: string;
  readonly holder: LogEntry['holder'];
  /** The checksum of what ran; the entry's own is that of the accepted text. */
  readonly ran: string;
  /** The accepted text; empty where it is too long to be kept. */
  readonly sql: string;
}

/** One line of the run log: a migration that was applied or rolled back. Detail, never truth. */
export interface LogEntry {
  readonly v: 1;
  /** Unique for each run. */
  readonly run: string;
  /** ISO 8601. */
  readonly at: string;
  readonly direction: Direction;
  /** As the history table records it. */
  readonly version: string;
  readonly id: string;
  readonly name: string;
  /** Absolute path of the up script. */
  readonly file: string;
  /** Of the up script, see `checksum`. */
  readonly checksum: string;
  readonly up: LoggedScript;
  /** The way back, so that it can be gone when the file cannot be found. */
  readonly down?: LoggedScript;
  readonly ms: number;
  /** Rows inserted, updated or deleted. */
  readonly rows: number;
  readonly engine: EngineName;
  readonly sqliteVersion: string;
  readonly holder: Pick<Holder, 'kind' | 'host' | 'pid' | 'workspace'>;
  /** Recorded as applied without being run. */
  readonly marked?: boolean;
  /** The entry repeats an earlier one, and adds this: nothing ran again. */
  readonly accepted?: Acceptance;
}
