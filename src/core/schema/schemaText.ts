import { diffArrays } from 'diff';
import { Tokens } from '../sql/tokens';
import type { SchemaObject } from './schema';

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

/** Nobody reads more changes, or a longer text: all of the old and all of the new are shown then. */
const mostChanges = 500;
const mostLines = 50_000;

/** What goes, comes and stays, line by line. */
export function diffLines(a: readonly string[], b: readonly string[]): DiffLine[] {
  const changes =
    a.length + b.length > mostLines
      ? undefined
      : diffArrays([...a], [...b], {
          // A comma more or less, where a column follows or does not, is no change.
          comparator: (old, now) => withoutComma(old) === withoutComma(now),
          maxEditLength: mostChanges,
        });
  return changes
    ? changes.flatMap(({ removed, added, value }) =>
        signed(removed ? '-' : added ? '+' : ' ', value),
      )
    : [...signed('-', a), ...signed('+', b)];
}

function withoutComma(line: string): string {
  return line.endsWith(',') ? line.slice(0, -1) : line;
}

function signed(sign: DiffLine['sign'], texts: readonly string[]): DiffLine[] {
  return texts.map((text) => ({ sign, text }));
}

/** A schema as a text that can be compared line by line: one object a block, one column a line. */
export function schemaText(schema: readonly SchemaObject[]): string {
  return schema.map(({ type, sql }) => `${objectText(type, sql)};\n`).join('\n');
}

/**
 * The SQL of one object. Of tables the layout is ours, so that a column added by ALTER TABLE and one
 * written into the CREATE TABLE look the same; views and triggers stay as their author wrote them.
 */
export function objectText(type: string, sql: string): string {
  if (type === 'index' || /^create\s+virtual\b/i.test(sql)) {
    return spaced(sql);
  }
  return type === 'table' ? tableText(sql) : trimmed(sql);
}

function trimmed(sql: string): string {
  return sql
    .replace(/\r\n?/g, '\n')
    .replace(/[ \t]+$/gm, '')
    .trim();
}

/** Blanks and comments between tokens become one blank where there were any. */
function spaced(sql: string): string {
  return pieces(sql)
    .map(({ raw, apart }, i) => (apart && i > 0 ? ` ${raw}` : raw))
    .join('');
}

function tableText(sql: string): string {
  let depth = 0;
  let text = '';
  let lineStart = true;
  for (const { raw, apart } of pieces(sql)) {
    if (raw === ')' && --depth === 0) {
      text += '\n)';
      continue;
    }
    if (raw === '(' && ++depth === 1) {
      text = `${text.trimEnd()} (\n  `;
      lineStart = true;
      continue;
    }
    text += apart && !lineStart && raw !== ',' ? ` ${raw}` : raw;
    lineStart = raw === ',' && depth === 1;
    text += lineStart ? '\n  ' : '';
  }
  return text;
}

function pieces(sql: string): { raw: string; apart: boolean }[] {
  const tokens = new Tokens(sql);
  const found: { raw: string; apart: boolean }[] = [];
  let end = 0;
  while (tokens.next()) {
    found.push({ raw: tokens.raw, apart: tokens.start > end });
    end = tokens.end;
  }
  return found;
}

/** An object of a schema that is not the same afterwards. */
interface ChangedObject {
  readonly was?: SchemaObject;
  readonly is?: SchemaObject;
}

/** What differs between two schemas that are sorted alike, in their order. */
function changedObjects(
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
