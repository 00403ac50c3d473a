import { resolve } from 'node:path';
import { LockstepError } from '../errors';
import { placeAt } from '../sql/place';
import { reachedFile } from '../sql/reachedFile';
import type { PreparedStep } from './preparedStep';
import type { ReachCheck } from './reach';

/**
 * Refuses a step that would open or write a file it may not.
 * @throws `sql.outside`, with its place
 */
export function refuseOutside({ ref, script, sql }: PreparedStep, mayReach: ReachCheck): void {
  for (const { text, start } of sql.statements) {
    const file = reachedFile(text);
    const reason = file && (file.name === undefined ? 'computed' : mayReach(file.name));
    if (reason) {
      throw new LockstepError(
        'sql.outside',
        {
          migration: ref.id,
          statement: text.slice(0, 300),
          // As SQLite would resolve it: what a relative path means is not plain in a window.
          file: file.name === undefined ? '' : resolve(file.name).slice(0, 4096),
          reason,
        },
        placeAt(script.file, script.text, start + file.offset),
      );
    }
  }
}
