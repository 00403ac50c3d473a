import type { SchemaChange, SchemaObject } from './rehearsal';

/** What became of the objects of a schema: those that are gone first, then new and changed ones. */
export function schemaChanges(
  before: readonly SchemaObject[],
  after: readonly SchemaObject[],
): SchemaChange[] {
  const key = ({ type, name }: SchemaObject): string => `${type} ${name}`;
  const old = new Map(before.map((object) => [key(object), object]));
  const left = new Set(after.map(key));
  const removed = before
    .filter((object) => !left.has(key(object)))
    .map(({ sql, ...about }): SchemaChange => ({
      change: 'removed',
      ...named(about),
      before: sql,
    }));
  const others = after.flatMap((object): SchemaChange[] => {
    const { sql } = object;
    const known = old.get(key(object));
    if (!known) {
      return [{ change: 'added', ...named(object), after: sql }];
    }
    return known.sql === sql
      ? []
      : [{ change: 'changed', ...named(object), before: known.sql, after: sql }];
  });
  return [...removed, ...others];
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

function named<T extends Pick<SchemaObject, 'type' | 'name' | 'table'>>({
  type,
  name,
  table,
}: T): Pick<SchemaObject, 'type' | 'name' | 'table'> {
  return { type, name, table };
}
