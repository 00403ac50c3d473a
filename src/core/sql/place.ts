import type { Place } from '../errors';

const lineFeed = 10;
const carriageReturn = 13;

/**
 * Where an offset (UTF-16 units) in a file's text is, as editors count: lines end with `\n`, `\r\n`
 * or a lone `\r`, and line and column count from 1. An offset beyond the text is its end.
 */
export function placeAt(file: string, text: string, offset: number): Place {
  const end = Math.min(offset, text.length);
  let line = 1;
  let lineStart = 0;
  for (let i = 0; i < end; i++) {
    const code = text.charCodeAt(i);
    const endsLine =
      code === lineFeed || (code === carriageReturn && text.charCodeAt(i + 1) !== lineFeed);
    if (endsLine) {
      line++;
      lineStart = i + 1;
    }
  }
  return { file, line, column: end - lineStart + 1 };
}
