import { DatabaseSync } from 'node:sqlite';
import { MigrationLint } from '../../src/core/lint/linter';
import type { LintWarning } from '../../src/core/lint/rule';
import type { CheckResult } from '../../src/core/rehearsal/rehearsal';
import { MigrationReader } from '../../src/migrator/thread/migrationReader';
import { Trial } from '../../src/migrator/thread/check';
import type { Engine } from '../../src/sqlite/engine';
import { Scratch } from './scratch';

export interface LintCase {
  /** SQL that makes the database. */
  readonly start?: string;
  readonly up: string;
  readonly down?: string;
  /** The file's name and text, in place of `up` and `down`. */
  readonly dbmate?: string;
  /** Only the schema is there to try it on. */
  readonly schemaOnly?: boolean;
}

/** What the rules find in one migration that is tried by a real engine, and whether it works. */
export async function lintMigration(
  { native, engine }: { readonly native: Engine; readonly engine: Engine },
  { start = '', up, down, dbmate, schemaOnly = false }: LintCase,
): Promise<{ warnings: LintWarning[]; problems: CheckResult['problems'] }> {
  const scratch = new Scratch();
  try {
    new DatabaseSync(scratch.database).close();
    scratch.exec(start);
    scratch.migrate(
      dbmate === undefined
        ? { '001_a': up, ...(down !== undefined && { '001_a.down': down }) }
        : { '20260101000000_a': dbmate },
    );
    const target = { database: scratch.database, folders: [scratch.migrations] };
    const { format, migrations } = new MigrationReader().read(target);
    const [migration] = migrations;
    const { value } = native.snapshot(scratch.database, {
      maxBytes: schemaOnly ? 0 : 1e9,
      historyTable: format.historyTable,
    });
    const copy = engine.openSnapshot(scratch.database, value?.bytes.slice(), scratch.folder);
    const control = {
      cancelled: false,
      sleep: () => undefined,
      committing: <T>(commit: () => T): T => commit(),
    };
    const world = { format, migrations, log: new Map(), control, checkFileAccess: () => undefined };
    const { file } = migration.up;
    const lint = new MigrationLint(migration, !schemaOnly, { file, text: dbmate ?? up });
    const trial = new Trial(copy, world, migration, !schemaOnly, lint);
    try {
      const { lint: warnings, problems } = await trial.run();
      return { warnings, problems };
    } finally {
      trial.close();
    }
  } finally {
    scratch.dispose();
  }
}

/** `up 2:3 no-where table=notes rows=2`, with `(harmless)` at the end. */
export function lintLine({ rule, direction, place, params, harmless }: LintWarning): string {
  const all = Object.entries(params).map(([name, value]) => ` ${name}=${value}`);
  const end = harmless ? ' (harmless)' : '';
  return `${direction} ${place.line}:${place.column} ${rule}${all.join('')}${end}`;
}
