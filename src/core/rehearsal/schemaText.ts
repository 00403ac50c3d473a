import { Tokens } from '../sql/tokens';
import type { SchemaObject } from './rehearsal';

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
