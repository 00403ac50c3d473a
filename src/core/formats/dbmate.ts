import { basename } from 'node:path';
import { invalidMigration } from '../errors';
import { schemaMigrations } from '../history/historyTable';
import type { Direction, Migration, Script, Section } from '../model';
import { placeAt } from '../sql/positions';
import { nextFileName, numberedName } from './fileNames';
import type { Format, Ordered, SourceFile } from './format';

/** dbmate's files (https://github.com/amacneil/dbmate): both directions in one, set apart by markers. */
export const dbmate: Format = {
  name: 'dbmate',
  historyTable: schemaMigrations,
  matches: (fileName) => /^\d+.*\.sql$/.test(fileName),
  claims: (files) => files.some(({ text }) => dbmateMarkers(text).some(isUp)),
  parse: (files) => files.map(parseFile).sort(compare),
  sameVersion: (a, b) => a === b,
  versionKey: (version) => version,
  compare,
  newFile(existing, name, now) {
    const up = '-- migrate:up\n';
    return [
      {
        fileName: `${nextFileName(existing, name, now, 'timestamp')}.sql`,
        text: `${up}\n\n-- migrate:down\n\n`,
        cursor: up.length,
      },
    ];
  },
};

function isUp({ direction }: { readonly direction: Direction }): boolean {
  return direction === 'up';
}

/** dbmate sorts by file name, also across folders. */
function compare(a: Ordered, b: Ordered): number {
  const [first, second] = [`${a.id}.sql`, `${b.id}.sql`];
  return first < second ? -1 : first > second ? 1 : 0;
}

function parseFile(file: SourceFile): Migration {
  const sections = dbmateSections(file);
  const id = basename(file.path).replace(/\.sql$/, '');
  const { version, name } = numberedName(file.path)!;
  const ups = sections.filter(isUp);
  const downs = sections.filter(({ direction }) => direction === 'down');
  return {
    version,
    id,
    name,
    up: script(file, ups),
    ...(downs.length > 0 && { down: script(file, downs) }),
  };
}

/** dbmate runs section by section; the down sections make sense only from the last to the first. */
function script({ path, text }: SourceFile, sections: readonly DbmateSection[]): Script {
  const inOrder = sections[0]?.direction === 'down' ? sections.toReversed() : sections;
  return {
    file: path,
    text: blankedExcept(text, sections),
    transaction: sections.every(({ options }) => options.get('transaction') !== 'false'),
    foreignKeys: sections.some(({ options }) => options.get('foreign_keys') === 'true'),
    ...(text.includes('lockstep-ignore-file') && { fileText: text }),
    ...(sections.length > 1 && {
      sections: inOrder.map(({ start, end }) => ({ start, end })),
    }),
  };
}

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
    options: options,
  }));
}

/** One `-- migrate:up` or `-- migrate:down` with the SQL that follows it. */
interface DbmateSection extends Section {
  readonly direction: 'up' | 'down';
  /** What stands behind the marker as `key:value`. */
  readonly options: ReadonlyMap<string, string>;
}

/**
 * The sections of a file, in its order; the first is an up section, and no two down sections follow
 * each other. Unlike dbmate, an up section needs no down section: then it cannot be undone.
 *
 * @throws LockstepError `migrations.invalid`
 */
function dbmateSections({ path, text }: SourceFile): readonly DbmateSection[] {
  const markers = dbmateMarkers(text);
  const firstUp = markers.find(({ direction }) => direction === 'up');
  if (!firstUp) {
    throw invalidMigration('noUpMarker', { file: path, line: 1, column: 1 });
  }
  const [first] = markers;
  if (first !== firstUp) {
    throw invalidMigration('downBeforeUp', placeAt(path, text, first.start));
  }
  const before = /(?<![^\n])[\t\f\r ]*(?!--)[^\t\f\r \n]/.exec(text.slice(0, first.start));
  if (before) {
    const at = before.index + before[0].length - 1;
    throw invalidMigration('textBeforeMarker', placeAt(path, text, at));
  }
  const sections = markers.map(({ direction, options, end }, i): DbmateSection => ({
    direction,
    options: readOptions(options),
    start: end,
    end: markers[i + 1]?.start ?? text.length,
  }));
  const second = sections.findIndex(
    ({ direction }, i) => direction === 'down' && sections[i - 1]?.direction === 'down',
  );
  if (second >= 0) {
    throw invalidMigration('secondDown', placeAt(path, text, markers[second].start));
  }
  return sections;
}

/** `transaction:false foo:bar`; what is not a key and a value is ignored, as dbmate does. */
function readOptions(text: string): ReadonlyMap<string, string> {
  const pairs = text
    .trim()
    .split(/\s+/)
    .map((pair) => pair.split(':'));
  return new Map(pairs.filter((pair) => pair.length === 2).map(([key, value]) => [key, value]));
}

/**
 * The text with everything outside the sections (in order of the text) replaced by blanks: same
 * length, same lines.
 */
function blankedExcept(text: string, sections: readonly Section[]): string {
  let result = '';
  let last = 0;
  for (const { start, end } of sections) {
    result += blank(text.slice(last, start)) + text.slice(start, end);
    last = end;
  }
  return result + blank(text.slice(last));
}

function blank(text: string): string {
  return text.replace(/[^\r\n]+/g, (run) => ' '.repeat(run.length));
}
