import type { Place } from '../core/errors';

/** Lines and characters count from 0, as VS Code does it. */
export interface StatementRange {
  readonly line: number;
  readonly character: number;
  readonly endLine: number;
  readonly endCharacter: number;
}

/**
 * Where the statement at fault stands: from its place to its end, or to the end of the line where
 * the file says something else by now.
 *
 * @param statement its text, perhaps cut at the end
 */
export function statementRange(
  text: string,
  { line, column }: Place,
  statement = '',
): StatementRange {
  const lines = text.split(/\r\n|\r|\n/);
  const row = Math.min(line, lines.length) - 1;
  const character = Math.min(column - 1, lines[row]!.length);
  const wanted = statement.trimEnd().split(/\r\n|\r|\n/);
  const isThere = wanted.every((part, index) =>
    (lines[row + index] ?? '').startsWith(part, index === 0 ? character : 0),
  );
  if (!isThere || statement === '') {
    return { line: row, character, endLine: row, endCharacter: lines[row]!.length };
  }
  const last = wanted[wanted.length - 1]!.length;
  return {
    line: row,
    character,
    endLine: row + wanted.length - 1,
    endCharacter: wanted.length === 1 ? character + last : last,
  };
}
