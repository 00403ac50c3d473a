import type { SchemaObject } from '../rehearsal/rehearsal';
import { schemaText } from '../rehearsal/schemaText';
import { foldName } from '../sql/foldName';
import { sameTokens } from '../sql/sameTokens';
import type { Tokens } from '../sql/tokens';
import type { SchemaComparison } from './schemaComparison';

/** @param expected sorted as `actual` is */
export function compareSchemas(
  expected: readonly SchemaObject[],
  actual: readonly SchemaObject[],
): Pick<SchemaComparison, 'verdict' | 'missing' | 'different' | 'extra' | 'expected' | 'actual'> {
  const has = new Map(actual.map((object) => [keyOf(object), object]));
  const wanted = new Map(expected.map((object) => [keyOf(object), object]));
  const isSame = (object: SchemaObject): boolean => {
    const other = has.get(keyOf(object));
    return other !== undefined && sameDefinition(object.sql, other.sql);
  };
  const missing = expected.filter((object) => !has.has(keyOf(object)));
  const different = expected.filter((object) => has.has(keyOf(object)) && !isSame(object));
  const extra = actual.filter((object) => !wanted.has(keyOf(object)));
  // What is only written otherwise is shown alike, so that the differences stand out.
  const shown = actual.map((object) => {
    const other = wanted.get(keyOf(object));
    return other && isSame(other) ? other : object;
  });
  return {
    verdict: missing.length + different.length > 0 ? 'differs' : extra.length > 0 ? 'more' : 'same',
    missing: missing.map(nameOf),
    different: different.map(nameOf),
    extra: extra.map(nameOf),
    expected: schemaText(expected),
    actual: schemaText(shown),
  };
}

/** SQLite compares names so, for ASCII. */
function keyOf({ type, name }: SchemaObject): string {
  return `${type} ${foldName(name)}`;
}

function nameOf({ type, name }: SchemaObject): string {
  return `${type} ${name}`;
}

/** Whether two definitions say the same: case of words, quotes of names, blanks and comments apart. */
function sameDefinition(a: string, b: string): boolean {
  return sameTokens(a, b, (first, second) => meaning(first) === meaning(second));
}

function meaning(token: Tokens): string {
  const isName = token.kind === 'word' || token.kind === 'quoted';
  return isName ? `name ${foldName(token.name)}` : `${token.kind} ${token.raw}`;
}
