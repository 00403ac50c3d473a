import { invalidMigration } from '../invalidMigration';
import type { Section } from '../migration';
import { placeAt } from '../sql/place';
import { dbmateMarkers } from './dbmateMarkers';
import type { SourceFile } from './format';

/** One `-- migrate:up` or `-- migrate:down` with the SQL that follows it. */
export interface DbmateSection extends Section {
  readonly direction: 'up' | 'down';
  /** What stands behind the marker as `key:value`. */
  readonly options: ReadonlyMap<string, string>;
}

/**
 * The sections of a file, in its order; the first is an up section, and no two down sections follow
 * each other. Unlike dbmate, an up section needs no down section: then there is no way back.
 *
 * @throws LockstepError `migrations.invalid`
 */
export function dbmateSections({ path, text }: SourceFile): readonly DbmateSection[] {
  const markers = dbmateMarkers(text);
  const firstUp = markers.find(({ direction }) => direction === 'up');
  if (!firstUp) {
    throw invalidMigration('noUpMarker', { file: path, line: 1, column: 1 });
  }
  const [first] = markers;
  if (first !== firstUp) {
    throw invalidMigration('downBeforeUp', placeAt(path, text, first!.start));
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
    throw invalidMigration('secondDown', placeAt(path, text, markers[second]!.start));
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
