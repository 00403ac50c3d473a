import { canonicalPath } from '../../sqlite/canonicalPath';
import type { ThreadCalls } from '../threadMessages';
import type { ThreadWorld } from '../threadWorld';

/** A copy of a target's database, or why there is none. Leaves nothing beside it. */
export function copyTarget(
  { target, maxBytes }: ThreadCalls['copy']['ask'],
  { engine, reader }: ThreadWorld,
): ThreadCalls['copy']['answer'] {
  const path = canonicalPath(target.database);
  const { historyTable } = reader.read(target).format;
  const { name, sqliteVersion } = engine;
  const { value, state, sizeBytes, message } = engine.snapshot(path, { maxBytes, historyTable });
  const about = { sizeBytes, engine: { name, sqliteVersion } };
  switch (state) {
    case 'missing':
    case 'empty':
      return { info: { kind: 'empty', sizeBytes }, engine: about.engine };
    case 'ok':
      return {
        info: { kind: value!.kind, sizeBytes },
        bytes: value!.bytes,
        engine: about.engine,
      };
    default:
      return { info: { kind: 'none', sizeBytes, state }, message, engine: about.engine };
  }
}
