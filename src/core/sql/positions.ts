import type { Place } from '../errors';

const lineFeed = 10;
const carriageReturn = 13;

/**
 * Finds where offsets in a file's text are, as editors count: lines end with `\n`, `\r\n` or a lone
 * `\r`, and line and column count from 1. Goes through the text once, however many are asked for.
 */
export class Places {
  /** Where each line begins, as far as the text was scanned. */
  private readonly starts = [0];
  private scanned = 0;

  constructor(
    private readonly file: string,
    private readonly text: string,
  ) {}

  /** @param offset UTF-16 units; beyond the text it is its end */
  at(offset: number): Place {
    const end = Math.min(offset, this.text.length);
    this.scanUntil(end);
    let line = 0;
    for (let beyond = this.starts.length; beyond - line > 1;) {
      const middle = (line + beyond) >>> 1;
      if (this.starts[middle] <= end) {
        line = middle;
      } else {
        beyond = middle;
      }
    }
    return { file: this.file, line: line + 1, column: end - this.starts[line] + 1 };
  }

  private scanUntil(end: number): void {
    const { text } = this;
    for (; this.scanned < end; this.scanned++) {
      const code = text.charCodeAt(this.scanned);
      const endsLine =
        code === lineFeed ||
        (code === carriageReturn && text.charCodeAt(this.scanned + 1) !== lineFeed);
      if (endsLine) {
        this.starts.push(this.scanned + 1);
      }
    }
  }
}

/** Where an offset (UTF-16 units) in a file's text is, see {@link Places}. */
export function placeAt(file: string, text: string, offset: number): Place {
  return new Places(file, text).at(offset);
}
