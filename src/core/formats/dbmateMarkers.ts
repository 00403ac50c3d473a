/** A `-- migrate:up` or `-- migrate:down`; offsets in UTF-16 units. */
interface DbmateMarker {
  readonly direction: 'up' | 'down';
  readonly start: number;
  /** After its line. */
  readonly end: number;
  /** What stands behind it. */
  readonly options: string;
}

/**
 * The markers exactly as dbmate finds them
 * (https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/migration.go): at the start of a line,
 * lower case, followed by the end of the line or a blank. Only `\n` ends a line.
 */
const marker = /(?<![^\n])--[\t\f\r ]*migrate:(up|down)(?=[\t\f\r \n]|(?![^]))([^\n]*)\n?/g;

/** The markers of a text, in its order. */
export function dbmateMarkers(text: string): DbmateMarker[] {
  return Array.from(text.matchAll(marker), ({ 0: all, 1: direction, 2: options, index }) => ({
    direction: direction as 'up' | 'down',
    start: index,
    end: index + all.length,
    options: options!,
  }));
}
