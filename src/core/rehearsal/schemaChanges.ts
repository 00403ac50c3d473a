import type { SchemaChange, SchemaObject } from './rehearsal';
import { withoutShadows, type FoundSchema } from './schemaReader';

/** What became of the objects of a schema: those that are gone first, then new and changed ones. */
export function schemaChanges(before: FoundSchema, after: FoundSchema): SchemaChange[] {
  const changes: SchemaChange[] = [];
  for (const [key, object] of before) {
    if (!after.has(key)) {
      changes.push({ change: 'removed', ...named(object), before: object.sql });
    }
  }
  for (const [key, object] of after) {
    const known = before.get(key);
    if (!known) {
      changes.push({ change: 'added', ...named(object), after: object.sql });
    } else if (known.sql !== object.sql) {
      const { sql } = object;
      changes.push({ change: 'changed', ...named(object), before: known.sql, after: sql });
    }
  }
  return withoutShadows(changes);
}

/** The schema after changes, in no particular order. */
export function changedSchema(
  before: readonly SchemaObject[],
  changes: readonly SchemaChange[],
): SchemaObject[] {
  const schema = new Map(before.map((object) => [`${object.type} ${object.name}`, object]));
  for (const { type, name, table, after } of changes) {
    if (after === undefined) {
      schema.delete(`${type} ${name}`);
    } else {
      schema.set(`${type} ${name}`, { type, name, table, sql: after });
    }
  }
  return [...schema.values()];
}

function named({ type, name, table }: SchemaObject): Omit<SchemaObject, 'sql'> {
  return { type, name, table };
}
