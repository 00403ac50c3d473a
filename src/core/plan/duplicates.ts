import type { Format } from '../formats/format';
import type { KnownMigration } from './knownMigrations';

/** Migrations of the folder that share a version, in the order of the first of each. */
export function duplicates(
  format: Format,
  known: readonly KnownMigration[],
): (readonly KnownMigration[])[] {
  const byVersion = new Map<string, KnownMigration[]>();
  for (const one of known.filter(({ migration }) => migration)) {
    const key = format.versionKey(one.ref.version);
    byVersion.set(key, [...(byVersion.get(key) ?? []), one]);
  }
  return [...byVersion.values()].filter((same) => same.length > 1);
}
