import type { Finding } from '../finding';
import type { Format } from '../formats/format';
import { duplicates } from './duplicates';
import { fileState } from './fileState';
import type { KnownMigration } from './knownMigrations';

/**
 * What is odd about a folder and its history, in the order of the migrations. Of files with one
 * version it cannot be told which of them ran; that they are several is all that is said of them.
 */
export function findFindings(format: Format, known: readonly KnownMigration[]): Finding[] {
  const same = duplicates(format, known);
  const several = new Set(same.flat());
  const judged = (one: KnownMigration): boolean => !several.has(one);
  return [
    ...same.map(duplicate),
    ...known.filter((one) => !one.migration).map(missing),
    ...known.filter((one) => judged(one) && fileState(one) === 'edited').map(edited),
    ...outOfOrder(known, judged),
  ];
}

function duplicate(same: readonly KnownMigration[]): Finding {
  const [{ ref }] = same;
  return {
    code: 'duplicate',
    severity: 'refuse',
    migration: ref,
    params: {
      version: ref.version,
      files: distinctNames(same.map((one) => one.ref.file!)).join(', '),
    },
  };
}

/** As much of the ends of paths as tells them apart: the same name may be in two folders. */
function distinctNames(paths: readonly string[]): string[] {
  const parts = paths.map((path) => path.split(/[\\/]/));
  const longest = Math.max(...parts.map(({ length }) => length));
  for (let depth = 1; ; depth++) {
    const names = parts.map((each) => each.slice(-depth).join('/'));
    if (new Set(names).size === names.length || depth >= longest) {
      return names;
    }
  }
}

function missing({ ref }: KnownMigration): Finding {
  return {
    code: 'missing',
    severity: 'warning',
    migration: ref,
    params: { version: ref.version },
  };
}

function edited({ ref, log }: KnownMigration): Finding {
  return { code: 'edited', severity: 'warning', migration: ref, params: { at: log!.at } };
}

function outOfOrder(
  known: readonly KnownMigration[],
  judged: (one: KnownMigration) => boolean,
): Finding[] {
  const newest = known.findLastIndex(({ applied }) => applied !== undefined);
  return known
    .slice(0, Math.max(0, newest))
    .filter((one) => one.applied === undefined && judged(one))
    .map(({ ref }) => ({
      code: 'outOfOrder',
      severity: 'warning',
      migration: ref,
      params: { newest: known[newest]!.ref.id },
    }));
}
