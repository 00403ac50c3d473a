import { resolve } from 'node:path';
import { LockstepError } from '../errors';
import type { Format } from '../formats/format';
import { type Direction, migrationRef, type MigrationRef, type Script, type Step } from '../model';
import { placeAt } from '../sql/positions';
import { type PreparedScript, prepareScript } from '../sql/prepareScript';
import { accessedFile, statementKind } from '../sql/statements';
import type { FileAccessCheck } from './runRequest';

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
  return sql.alone || sql.mode === 'nonTransactional' || script.foreignKeys;
}

/**
 * Refuses a step that would open or write a file it may not.
 * @throws `sql.outside`, with its place
 */
export function refuseFileAccess(
  { ref, script, sql }: PreparedStep,
  checkFileAccess: FileAccessCheck,
): void {
  for (const { text, start } of sql.statements) {
    const file = accessedFile(text);
    const reason = file && refusal(file.name, text, checkFileAccess);
    if (reason) {
      throw new LockstepError(
        'sql.outside',
        {
          migration: ref.id,
          statement: text.slice(0, 300),
          // As SQLite would resolve it: what a relative path means is not plain in a window.
          file: file.name === undefined ? '' : resolve(file.name).slice(0, 4096),
          reason,
        },
        placeAt(script.file, script.text, start + file.offset),
      );
    }
  }
}

function refusal(
  file: string | undefined,
  statement: string,
  checkFileAccess: FileAccessCheck,
): string | undefined {
  if (file !== undefined) {
    return checkFileAccess(file);
  }
  return statementKind(statement).kind === 'pragma' ? 'process' : 'computed';
}
