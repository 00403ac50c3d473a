import type { RunRequest } from '../core/run/runRequest';
import type { MigratorClient } from '../migrator/client';
import {
  defaultRehearsalLimits,
  type DiscoveredTarget,
  type RehearsalRequest,
} from '../migrator/protocol';

/** What trying something on a copy takes over from the options of a run. */
export function trialOptions({
  engine,
  transaction,
  fileAccess,
  rehearse,
}: Pick<RunRequest, 'engine' | 'transaction' | 'fileAccess' | 'rehearse'>): Pick<
  RehearsalRequest,
  'engine' | 'transaction' | 'fileAccess' | 'limits'
> {
  const { maxBytes, maxMs } = defaultRehearsalLimits;
  return {
    engine,
    transaction,
    fileAccess,
    limits: { maxBytes: rehearse?.maxBytes ?? maxBytes, maxMs },
  };
}

/** What the model needs of the migrator process. */
export type Migrator = Pick<
  MigratorClient,
  | 'discover'
  | 'status'
  | 'lock'
  | 'run'
  | 'preview'
  | 'check'
  | 'breakLock'
  | 'resolveInterrupted'
  | 'newMigration'
  | 'ran'
  | 'acceptEdited'
  | 'locateMissingFiles'
  | 'restoreFile'
  | 'compareSchema'
  | 'markApplied'
  | 'backups'
  | 'restore'
>;

/** The part of a run's request that settings and the window decide. */
type RunOptions = Pick<
  RunRequest,
  'owner' | 'engine' | 'wait' | 'transaction' | 'fileAccess' | 'backup' | 'rehearse'
>;

/** What the window decides for its projects. */
export interface ProjectOptions {
  runOptions(database: string): RunOptions;
  /** Whether SQL of this workspace may run in an engine that could reach files. */
  isTrusted(): boolean;
}

/** Names a project: the same for the same database and folders. */
export function projectKey({ database, folders }: DiscoveredTarget): string {
  return [database, ...folders].join('\n');
}
