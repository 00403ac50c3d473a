import { plainHistory } from '../history/plainHistory';
import { invalidMigration } from '../invalidMigration';
import type { Migration, Script } from '../migration';
import type { Format, NewFile, Ordered, SourceFile } from './format';
import { headerOptions } from './headerOptions';
import { layoutOfText } from './layoutOfText';
import { nextFileName } from './nextFileName';
import type { NumberedName } from './numberedName';
import { numberedName } from './numberedName';

/**
 * Plain numbered files: `001_initial.sql`, and the way back, if any, in `001_initial.down.sql`. The
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

/** A folder that keeps ways back gets both files; the first migration of all gets one. */
function newFile(existing: readonly Migration[], name: string, now: Date): NewFile[] {
  const base = nextFileName(existing, name, now, 'sequence');
  const isUpNamed = /\.up\.sql$/i.test(existing.at(-1)?.up.file ?? '');
  const up = { fileName: `${base}${isUpNamed ? '.up' : ''}.sql`, text: '', cursor: 0 };
  const hasDowns = isUpNamed || existing.some(({ down }) => down);
  return hasDowns ? [up, { fileName: `${base}.down.sql`, text: '', cursor: 0 }] : [up];
}
