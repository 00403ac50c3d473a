import { invalidMigration } from '../invalidMigration';
import type { Section } from '../migration';
import { placeAt } from '../sql/place';
import type { SourceFile } from './format';

/** One `-- migrate:up` or `-- migrate:down` with the SQL that follows it. */
export interface DbmateSection extends Section {
  readonly direction: 'up' | 'down';
  /** What stands behind the marker as `key:value`. */
  readonly options: ReadonlyMap<string, string>;
}

/**
 * The markers exactly as dbmate finds them
 * (https://github.com/amacneil/dbmate/blob/main/pkg/dbmate/migration.go): at the start of a line,
 * lower case, followed by the end of the line or a blank. Only `\n` ends a line.
 */
const marker = /(?<![^\n])--[\t\f\r ]*migrate:(up|down)(?=[\t\f\r \n]|(?![^]))([^\n]*)\n?/g;

/** Whether dbmate would find an up section in the text. */
export function hasUpMarker(text: string): boolean {
  return [...text.matchAll(marker)].some(([, direction]) => direction === 'up');
}

/**
 * The sections of a file, in its order; the first is an up section, and no two down sections follow
 * each other. Unlike dbmate, an up section needs no down section: then there is no way back.
 *
 * @throws LockstepError `migrations.invalid`
 */
export function dbmateSections({ path, text }: SourceFile): readonly DbmateSection[] {
  const matches = [...text.matchAll(marker)];
  const firstUp = matches.find(([, direction]) => direction === 'up');
  if (!firstUp) {
    throw invalidMigration('noUpMarker', { file: path, line: 1, column: 1 });
  }
  const [first] = matches;
  if (first !== firstUp) {
    throw invalidMigration('downBeforeUp', placeAt(path, text, first!.index));
  }
  const before = /(?<![^\n])[\t\f\r ]*(?!--)[^\t\f\r \n]/.exec(text.slice(0, first.index));
  if (before) {
    const at = before.index + before[0].length - 1;
    throw invalidMigration('textBeforeMarker', placeAt(path, text, at));
  }
  const sections = matches.map((match, i): DbmateSection => {
    const [all, direction, options] = match;
    return {
      direction: direction as 'up' | 'down',
      options: readOptions(options!),
      start: match.index + all.length,
      end: matches[i + 1]?.index ?? text.length,
    };
  });
  const second = sections.findIndex(
    ({ direction }, i) => direction === 'down' && sections[i - 1]?.direction === 'down',
  );
  if (second >= 0) {
    throw invalidMigration('secondDown', placeAt(path, text, matches[second]!.index));
  }
  return sections;
}

/** `transaction:false foo:bar`; what is not a key and a value is ignored, as dbmate does. */
function readOptions(text: string): ReadonlyMap<string, string> {
  const pairs = text
    .trim()
    .split(/\s+/)
    .map((pair) => pair.split(':'));
  return new Map(pairs.filter((pair) => pair.length === 2).map(([key, value]) => [key!, value!]));
}
