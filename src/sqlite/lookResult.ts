import type { DatabaseLook } from '../core/status';

/** What a look found; `value` is what its reader returned, present only in state `ok`. */
export interface LookResult<T> extends DatabaseLook {
  readonly value?: T;
  readonly sqliteVersion: string;
}

/** What a cheap look says about a candidate. `empty`: zero bytes. */
export type Probe = 'database' | 'empty' | 'no';
