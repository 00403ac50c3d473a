/**
 * What in a file's text says that it belongs to another tool. Most of these keep both directions in
 * one file, so that running it as a whole would do and undo. Blanks here are those within a line, all
 * that `^` takes for one: otherwise a long run of line ends would be read again from each of them.
 */
const signs: readonly (readonly [layout: string, ...all: readonly RegExp[]])[] = [
  ['dbmate', /^[^\S\r\n\u2028\u2029]*--[^\S\r\n\u2028\u2029]*migrate:(?:up|down)\b/im],
  ['goose', /^[^\S\r\n\u2028\u2029]*--[^\S\r\n\u2028\u2029]*\+goose\b/im],
  ['sql-migrate', /^[^\S\r\n\u2028\u2029]*--[^\S\r\n\u2028\u2029]*\+migrate\b/im],
  [
    'rambler',
    /^[^\S\r\n\u2028\u2029]*--[^\S\r\n\u2028\u2029]*rambler[^\S\r\n\u2028\u2029]+(?:up|down)\b/im,
  ],
  [
    'Liquibase',
    /^[^\S\r\n\u2028\u2029]*--[^\S\r\n\u2028\u2029]*liquibase[^\S\r\n\u2028\u2029]+formatted[^\S\r\n\u2028\u2029]+sql/im,
  ],
  ['Drizzle', /-->[^\S\r\n\u2028\u2029]*statement-breakpoint/],
  ['MyBatis', /^[^\S\r\n\u2028\u2029]*--[^\S\r\n\u2028\u2029]*\/\/[^\S\r\n\u2028\u2029]*@UNDO\b/im],
  [
    'Play',
    /^[^\S\r\n\u2028\u2029]*(?:#[^\S\r\n\u2028\u2029]*)?-{2,}[^\S\r\n\u2028\u2029]*!(?:Ups|Downs)\b/im,
  ],
  // A heading "Down" alone may stand in a file that holds one direction.
  [
    'shmig',
    /^[^\S\r\n\u2028\u2029]*--[^\S\r\n\u2028\u2029]*=+[^\S\r\n\u2028\u2029]*UP\b/m,
    /^[^\S\r\n\u2028\u2029]*--[^\S\r\n\u2028\u2029]*=+[^\S\r\n\u2028\u2029]*DOWN\b/m,
  ],
  [
    'node-sqlite',
    /^--[^\S\r\n\u2028\u2029]*up[^\S\r\n\u2028\u2029]*$/im,
    /^--[^\S\r\n\u2028\u2029]*down[^\S\r\n\u2028\u2029]*$/im,
  ],
];

/** The tool whose layout a file's text is in, `dbmate` too; undefined for plain SQL. */
export function layoutOfText(text: string): string | undefined {
  const told = tellingLines(text);
  return signs.find(([, ...all]) => all.every((sign) => sign.test(told)))?.[0];
}

const longestSign = 1000;
const telling = /^\s*(?:--|#)[^]*(?:up|down|goose|migrate|rambler|liquibase|undo)/i;

/** The lines a sign can be on: ten patterns on a text of 100 MB would take ten seconds. */
function tellingLines(text: string): string {
  const lines = new Set<string>();
  for (let start = 0, end = 0; end >= 0; start = end + 1) {
    end = text.indexOf('\n', start);
    const line = text.slice(start, Math.min(end < 0 ? text.length : end, start + longestSign));
    if (telling.test(line)) {
      lines.add(line);
    }
  }
  if (text.includes('statement-breakpoint')) {
    lines.add(/-->[^\S\r\n\u2028\u2029]*statement-breakpoint/.exec(text)?.[0] ?? '');
  }
  return [...lines].join('\n');
}
