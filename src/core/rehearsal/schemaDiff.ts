import type { SchemaObject } from './rehearsal';
import { objectText } from './schemaText';
import { changedObjects } from './changedObjects';

/** A line of a comparison: gone, new, or the same and shown for what is around it. */
export interface DiffLine {
  readonly sign: '-' | '+' | ' ';
  readonly text: string;
}

/** What becomes of a schema, one list of lines for each object that changes, in the order given. */
export function schemaDiff(
  before: readonly SchemaObject[],
  after: readonly SchemaObject[],
): DiffLine[][] {
  return changedObjects(before, after).map(({ was, is }) =>
    diffLines(was ? lines(was) : [], is ? lines(is) : []),
  );
}

function lines({ type, sql }: SchemaObject): string[] {
  return `${objectText(type, sql)};`.split('\n');
}

/** Over so many pairs of lines all of the old and all of the new are shown: nobody reads that. */
const mostPairs = 250_000;

/** By the longest common subsequence. */
export function diffLines(a: readonly string[], b: readonly string[]): DiffLine[] {
  if (a.length * b.length > mostPairs) {
    return [...signed('-', a), ...signed('+', b)];
  }
  const common = commonLengths(a, b);
  const found: DiffLine[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    if (i < a.length && j < b.length && withoutComma(a[i]) === withoutComma(b[j])) {
      // A comma more or less, where a column follows or does not, is no change.
      found.push({ sign: ' ', text: b[j] });
      i++;
      j++;
    } else if (j === b.length || (i < a.length && common[i + 1][j] >= common[i][j + 1])) {
      found.push({ sign: '-', text: a[i++] });
    } else {
      found.push({ sign: '+', text: b[j++] });
    }
  }
  return found;
}

function commonLengths(a: readonly string[], b: readonly string[]): number[][] {
  const lengths = Array.from({ length: a.length + 1 }, () =>
    new Array<number>(b.length + 1).fill(0),
  );
  for (let i = a.length - 1; i >= 0; i--) {
    for (let j = b.length - 1; j >= 0; j--) {
      lengths[i][j] =
        withoutComma(a[i]) === withoutComma(b[j])
          ? lengths[i + 1][j + 1] + 1
          : Math.max(lengths[i + 1][j], lengths[i][j + 1]);
    }
  }
  return lengths;
}

function withoutComma(line: string): string {
  return line.endsWith(',') ? line.slice(0, -1) : line;
}

function signed(sign: DiffLine['sign'], texts: readonly string[]): DiffLine[] {
  return texts.map((text) => ({ sign, text }));
}
