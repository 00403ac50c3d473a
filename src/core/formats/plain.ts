import { invalidMigration } from '../errors';
import { plainHistory } from '../history/historyTable';
import type { Migration, Script } from '../model';
import { placeAt } from '../sql/positions';
import { nextFileName, type NumberedName, numberedName } from './fileNames';
import type { Format, NewFile, Ordered, SourceFile } from './format';

/**
 * Plain numbered files: `001_initial.sql`, and the down script, if any, in `001_initial.down.sql`. The
 * up file may be called `.up.sql`, as golang-migrate has it.
 */
export const plain: Format = {
  name: 'plain',
  historyTable: plainHistory,
  matches: (fileName) => numberedName(fileName) !== undefined,
  claims: (files) => files.some(isPlainlyNumbered) && !files.some(({ text }) => layoutOfText(text)),
  parse,
  sameVersion: (a, b) => versionKey(a) === versionKey(b),
  versionKey,
  compare,
  newFile,
};

/** `2fa.sql` matches, but is no reason to take a folder for one of migrations. */
function isPlainlyNumbered({ path }: SourceFile): boolean {
  const name = numberedName(path);
  return name !== undefined && (name.separator !== '' || name.id === name.version);
}

function versionKey(version: string): string {
  return /^\d+$/.test(version) ? version.replace(/^0+(?=\d)/, '') : version;
}

/** By number, which may have more digits than a double holds. */
function compare(a: Ordered, b: Ordered): number {
  const [first, second] = [versionKey(a.version), versionKey(b.version)];
  return first.length - second.length || order(first, second) || order(a.id, b.id);
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

type Named = SourceFile & NumberedName;

function parse(files: readonly SourceFile[]): Migration[] {
  const named = files.map((file): Named => ({ ...file, ...numberedName(file.path)! }));
  const downs = new Map(
    named.filter(({ direction }) => direction === 'down').map((file) => [pairKey(file), file]),
  );
  const ups = named.filter(({ direction }) => direction !== 'down');
  const migrations = ups.map((up): Migration => {
    const { version, id, name } = up;
    const down = downs.get(pairKey(up));
    return { version, id, name, up: script(up), ...(down && { down: script(down) }) };
  });
  assertNoLoneDown(ups, downs);
  return migrations.sort(compare);
}

/** What the two files of a pair share; a pair is in one folder. */
function pairKey({ path, id }: Named): string {
  return path.slice(0, path.lastIndexOf(id) + id.length);
}

function assertNoLoneDown(ups: readonly Named[], downs: ReadonlyMap<string, Named>): void {
  const keys = new Set(ups.map(pairKey));
  const lone = [...downs].find(([key]) => !keys.has(key))?.[1];
  if (lone) {
    throw invalidMigration('downWithoutUp', { file: lone.path, line: 1, column: 1 });
  }
}

function script(file: Named): Script {
  const layout = layoutOfText(file.text);
  if (layout) {
    throw invalidMigration('otherLayout', { file: file.path, line: 1, column: 1 }, { layout });
  }
  return { file: file.path, text: file.text, ...headerOptions(file) };
}

/** A folder that has down scripts gets both files; the first migration of all gets one. */
function newFile(existing: readonly Migration[], name: string, now: Date): NewFile[] {
  const base = nextFileName(existing, name, now, 'sequence');
  const isUpNamed = /\.up\.sql$/i.test(existing.at(-1)?.up.file ?? '');
  const up = { fileName: `${base}${isUpNamed ? '.up' : ''}.sql`, text: '', cursor: 0 };
  const hasDowns = isUpNamed || existing.some(({ down }) => down);
  return hasDowns ? [up, { fileName: `${base}.down.sql`, text: '', cursor: 0 }] : [up];
}

/**
 * The options of a plain file: a line `-- lockstep: transaction:false foreign_keys:true` among the
 * comment lines at its top. A word that is no option is refused: a misspelt `transaction:false`
 * must not be overlooked.
 *
 * @throws LockstepError `migrations.invalid`, reason `option`
 */
function headerOptions({ path, text }: SourceFile): Pick<Script, 'transaction' | 'foreignKeys'> {
  let transaction = true;
  let foreignKeys = false;
  for (const { from, options } of headers(text)) {
    for (const word of options.matchAll(/\S+/g)) {
      const option = /^(transaction|foreign_keys):(true|false)$/.exec(word[0]);
      if (!option) {
        const place = placeAt(path, text, from + word.index);
        throw invalidMigration('option', place, { option: word[0] });
      }
      if (option[1] === 'transaction') {
        transaction = option[2] === 'true';
      } else {
        foreignKeys = option[2] === 'true';
      }
    }
  }
  return { transaction, foreignKeys };
}

/** What follows `-- lockstep:` in the blank and comment lines at the top, and where it begins. */
function* headers(text: string): Generator<{ from: number; options: string }> {
  for (let start = 0, end = 0; end >= 0; start = end + 1) {
    end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? undefined : end);
    if (!/^\s*(?:--|$)/.test(line)) {
      return;
    }
    const header = /^\s*--\s*lockstep:/.exec(line)?.[0];
    if (header !== undefined) {
      yield { from: start + header.length, options: line.slice(header.length) };
    }
  }
}

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
  const lines = signLines(text);
  return signs.find(([, ...all]) => all.every((sign) => sign.test(lines)))?.[0];
}

const longestSign = 1000;
const signLine = /^\s*(?:--|#)[^]*(?:up|down|goose|migrate|rambler|liquibase|undo)/i;

/** The lines a sign can be on: ten patterns on a text of 100 MB would take ten seconds. */
function signLines(text: string): string {
  const lines = new Set<string>();
  for (let start = 0, end = 0; end >= 0; start = end + 1) {
    end = text.indexOf('\n', start);
    const line = text.slice(start, Math.min(end < 0 ? text.length : end, start + longestSign));
    if (signLine.test(line)) {
      lines.add(line);
    }
  }
  if (text.includes('statement-breakpoint')) {
    lines.add(/-->[^\S\r\n\u2028\u2029]*statement-breakpoint/.exec(text)?.[0] ?? '');
  }
  return [...lines].join('\n');
}
