import type { FormatName } from '../model';
import { dbmate } from './dbmate';
import type { Format, SourceFile } from './format';
import { layoutOfText, plain } from './plain';

/** The conventions Lockstep reads. At most one of them claims a folder. */
export const formats: readonly Format[] = [dbmate, plain];

/** The convention of this name. */
export function formatNamed(name: FormatName): Format {
  return formats.find((format) => format.name === name)!;
}

/** The convention of a folder, by the files whose names match and the text of a few. */
export function claimingFormat(files: readonly SourceFile[]): Format | undefined {
  return formats.find((format) => format.claims(files));
}

/**
 * Signs in the names of files, `name` or `folder/name`; the first that fits counts. Each must be one
 * that plain numbers and dbmate never leave.
 */
const signs: readonly (readonly [layout: string, ...all: readonly RegExp[]])[] = [
  ['Drizzle', /^meta\/_journal\.json$/],
  ['Drizzle', /^[^/]+\/migration\.sql$/, /^[^/]+\/snapshot\.json$/],
  ['Prisma', /^migration_lock\.toml$/],
  ['Prisma', /^[^/]+\/migration\.sql$/],
  ['Diesel', /^[^/]+\/up\.sql$/],
  ['Flyway', /^(?:[VUB]\d[\d._]*|R)__[^/]+\.sql$/i],
  ['Sqitch', /^sqitch\.plan$/],
  ['yoyo', /^[^/]+\.rollback\.sql$/i],
  ['Postgrator', /^\d+\.(?:do|undo)\.[^/]*sql$/i],
  ['db-migrate', /^\d+[^/]*-up\.sql$/i, /^\d+[^/]*-down\.sql$/i],
];

/**
 * The layout of a folder that Lockstep recognises and does not run; undefined where it is one of
 * ours or none.
 *
 * @param entries names of the folder's files and, as `folder/name` with a slash, of those one folder
 *   below; the latter may be left out where there are none of interest
 * @param texts a few of its `.sql` files
 */
export function unsupportedLayout(
  entries: readonly string[],
  texts: readonly string[],
): string | undefined {
  const named = signs.find(([, ...all]) => all.every((sign) => entries.some((e) => sign.test(e))));
  return named?.[0] ?? texts.map(layoutOfText).find((layout) => layout && layout !== 'dbmate');
}
