import type { SchemaObject } from './rehearsal';

/** An object of a schema that is not the same afterwards. */
interface ChangedObject {
  readonly was?: SchemaObject;
  readonly is?: SchemaObject;
}

/** What differs between two schemas that are sorted alike, in their order. */
export function changedObjects(
  before: readonly SchemaObject[],
  after: readonly SchemaObject[],
): ChangedObject[] {
  const key = ({ type, name }: SchemaObject): string => `${type} ${name}`;
  const now = new Map(after.map((object) => [key(object), object]));
  const old = new Map(before.map((object) => [key(object), object]));
  const gone = before.filter((object) => !now.has(key(object))).map((was) => ({ was }));
  const others = after
    .map((is) => ({ was: old.get(key(is)), is }))
    .filter(({ was, is }) => was?.sql !== is.sql);
  return [...gone, ...others];
}
