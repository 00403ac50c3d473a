import { canonicalPath } from '../../sqlite/canonicalPath';
import type { ThreadCalls } from '../threadMessages';
import type { ThreadWorld } from '../threadWorld';
import { contentName } from './contentName';

/** A copy of a target's database, or why there is none. Leaves nothing beside it. */
export function copyTarget(
  { target, maxBytes }: ThreadCalls['copy']['ask'],
  { engine, reader }: ThreadWorld,
): ThreadCalls['copy']['answer'] {
  const path = canonicalPath(target.database);
  const { format, migrations } = reader.read(target);
  const { historyTable } = format;
  const content = contentName(path, migrations); // before, so that what is written meanwhile shows
  const { name, sqliteVersion } = engine;
  const { value, state, sizeBytes, message } = engine.snapshot(path, { maxBytes, historyTable });
  const about = { content, engine: { name, sqliteVersion } };
  switch (state) {
    case 'missing':
    case 'empty':
      return { ...about, info: { kind: 'empty', sizeBytes } };
    case 'ok':
      return { ...about, info: { kind: value!.kind, sizeBytes }, bytes: value!.bytes };
    default:
      return { ...about, info: { kind: 'none', sizeBytes, state }, message };
  }
}
