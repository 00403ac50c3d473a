import { basename } from 'node:path';
import type { Finding } from '../finding';
import type { Format } from '../formats/format';
import { fileState } from './fileState';
import type { KnownMigration } from './knownMigrations';

/** What is odd about a folder and its history, in the order of the migrations. */
export function findFindings(format: Format, known: readonly KnownMigration[]): Finding[] {
  return [
    ...duplicates(format, known),
    ...known.filter((one) => !one.migration).map(missing),
    ...known.filter((one) => fileState(one) === 'edited').map(edited),
    ...outOfOrder(known),
  ];
}

function duplicates(format: Format, known: readonly KnownMigration[]): Finding[] {
  const byVersion = new Map<string, KnownMigration[]>();
  for (const one of known.filter(({ migration }) => migration)) {
    const key = format.versionKey(one.ref.version);
    byVersion.set(key, [...(byVersion.get(key) ?? []), one]);
  }
  return [...byVersion.values()]
    .filter((same) => same.length > 1)
    .map((same) => ({
      code: 'duplicate',
      severity: 'refuse',
      migration: same[0]!.ref,
      params: {
        version: same[0]!.ref.version,
        files: same.map(({ ref }) => basename(ref.file!)).join(', '),
      },
    }));
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

function outOfOrder(known: readonly KnownMigration[]): Finding[] {
  const newest = known.findLastIndex(({ applied }) => applied !== undefined);
  return known
    .slice(0, Math.max(0, newest))
    .filter(({ applied }) => applied === undefined)
    .map(({ ref }) => ({
      code: 'outOfOrder',
      severity: 'warning',
      migration: ref,
      params: { newest: known[newest]!.ref.id },
    }));
}
