import type { Place } from '../../core/errors';
import type { Migration } from '../../core/migration';
import { placeAt } from '../../core/sql/place';
import type { ThreadCalls } from '../threadMessages';
import type { ThreadWorld } from '../threadWorld';

/** What this engine does not understand of statements that another one has run. */
export function compileTarget(
  { target, direction, unsaved, schema, statements }: ThreadCalls['compile']['ask'],
  { engine, reader }: ThreadWorld,
): ThreadCalls['compile']['answer'] {
  const failures = engine.compile?.(
    schema,
    statements.map(({ text }) => text),
  );
  if (!failures?.length) {
    return [];
  }
  const { migrations } = reader.read(target, unsaved);
  const placeOf = (index: number): Place | undefined => {
    const { migration, start, text } = statements[index];
    const found = migrations.find(({ id }) => id === migration) as Migration | undefined;
    const script = direction === 'up' ? found?.up : found?.down;
    // A way back that the log kept stands in no file.
    return script && start !== undefined && script.text.startsWith(text, start)
      ? placeAt(script.file, script.text, start)
      : undefined;
  };
  return failures.map((failure) => ({ ...failure, place: placeOf(failure.index) }));
}
