/**
 * What in a file's text says that it belongs to another tool. Most of these keep both directions in
 * one file, so that running it as a whole would do and undo.
 */
const signs: readonly (readonly [layout: string, ...all: readonly RegExp[]])[] = [
  ['dbmate', /^[^\S\n]*--[^\S\n]*migrate:(?:up|down)\b/im],
  ['goose', /^[^\S\n]*--[^\S\n]*\+goose\b/im],
  ['sql-migrate', /^[^\S\n]*--[^\S\n]*\+migrate\b/im],
  ['rambler', /^[^\S\n]*--[^\S\n]*rambler[^\S\n]+(?:up|down)\b/im],
  ['Liquibase', /^[^\S\n]*--[^\S\n]*liquibase[^\S\n]+formatted[^\S\n]+sql/im],
  ['Drizzle', /-->[^\S\n]*statement-breakpoint/],
  ['MyBatis', /^[^\S\n]*--[^\S\n]*\/\/[^\S\n]*@UNDO\b/im],
  ['Play', /^[^\S\n]*(?:#[^\S\n]*)?-{2,}[^\S\n]*!(?:Ups|Downs)\b/im],
  // A heading "Down" alone may stand in a file that holds one direction.
  ['shmig', /^[^\S\n]*--[^\S\n]*=+[^\S\n]*UP\b/m, /^[^\S\n]*--[^\S\n]*=+[^\S\n]*DOWN\b/m],
  ['node-sqlite', /^--[^\S\n]*up[^\S\n]*$/im, /^--[^\S\n]*down[^\S\n]*$/im],
];

/** The tool whose layout a file's text is in, `dbmate` too; undefined for plain SQL. */
export function layoutOfText(text: string): string | undefined {
  const told = tellingLines(text);
  return signs.find(([, ...all]) => all.every((sign) => sign.test(told)))?.[0];
}

/** The lines a sign can be on: ten patterns on a text of 100 MB would take ten seconds. */
function tellingLines(text: string): string {
  const lines: string[] = [];
  for (let start = 0, end = 0; end >= 0; start = end + 1) {
    end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? undefined : end);
    if (/^\s*(?:--|#)/.test(line)) {
      lines.push(line);
    }
  }
  if (text.includes('statement-breakpoint')) {
    lines.push(...(/-->[^\S\n]*statement-breakpoint/.exec(text) ?? []));
  }
  return lines.join('\n');
}
