import type { Format } from '../formats/format';
import { migrationRef, type MigrationRef, type Script } from '../migration';
import type { Step } from '../plan/plan';
import { prepareScript, type PreparedScript } from '../sql/prepareScript';
import type { Direction } from './direction';

/** A step with its script taken apart: everything that can be wrong with the text alone is known. */
export interface PreparedStep {
  readonly direction: Direction;
  readonly ref: MigrationRef;
  readonly script: Script;
  readonly sql: PreparedScript;
  /** The version as the history has it or will have it. */
  readonly version: string;
  /** What the run log keeps. */
  readonly step: Step;
}

/**
 * @param applied the versions as recorded, which may be spelt differently (`1` for `001`)
 * @throws `migrations.invalid`, `sql.parameters`
 */
export function prepareStep(step: Step, format: Format, applied: readonly string[]): PreparedStep {
  const { direction, migration } = step;
  const script = direction === 'up' ? migration.up : migration.down!;
  const recorded =
    direction === 'down'
      ? applied.find((version) => format.sameVersion(version, migration.version))
      : undefined;
  return {
    direction,
    ref: migrationRef(migration),
    script,
    sql: prepareScript(script),
    version: recorded ?? migration.version,
    step,
  };
}

/** Whether a step has to have a connection of its own, before and after it. */
export function standsAlone({ sql, script }: PreparedStep): boolean {
  return sql.alone || sql.mode === 'outside' || script.foreignKeys;
}
