import { LockstepError } from '../core/errors';
import { readHistory } from './readHistory';
import type { ThreadCalls } from './threadMessages';
import type { ThreadWorld } from './threadWorld';

/** For pairing: the versions a database records, undefined where it has no history of ours. */
export function readVersions(
  { path, table }: ThreadCalls['versions']['ask'],
  world: ThreadWorld,
): string[] | undefined {
  try {
    return readHistory(path, table, world).value;
  } catch (error) {
    if (error instanceof LockstepError) {
      return undefined; // somebody else's table of that name
    }
    throw error;
  }
}
