import type { Previews } from '../preview/previews';
import type { Runner } from './runner';

/** What commands show and run migrations with. */
export interface Means {
  readonly previews: Previews;
  readonly runner: Runner;
}
