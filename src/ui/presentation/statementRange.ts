import type { Place } from '../../core/errors';

/** Lines and characters count from 0, as VS Code does it. */
export interface StatementRange {
  readonly line: number;
  readonly character: number;
  readonly endLine: number;
  readonly endCharacter: number;
}

/** A text by its lines, as an editor has them. */
interface Lines {
  readonly count: number;
  /** @param row from 0 */
  at(row: number): string;
}

/**
 * Where the statement at fault stands: from its place to its end, or to the end of the line where
 * the file says something else by now.
 *
 * @param statement its text, perhaps cut at the end
 */
export function statementRange(
  lines: Lines,
  { line, column }: Place,
  statement = '',
): StatementRange {
  const row = Math.min(line, lines.count) - 1;
  const first = lines.at(row);
  const character = Math.min(column - 1, first.length);
  const wanted = statement.trimEnd().split(/\r\n|\r|\n/);
  const isThere = wanted.every(
    (part, index) =>
      row + index < lines.count &&
      lines.at(row + index).startsWith(part, index === 0 ? character : 0),
  );
  if (!isThere || statement === '') {
    return { line: row, character, endLine: row, endCharacter: first.length };
  }
  const last = wanted[wanted.length - 1].length;
  return {
    line: row,
    character,
    endLine: row + wanted.length - 1,
    endCharacter: wanted.length === 1 ? character + last : last,
  };
}
