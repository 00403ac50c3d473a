import type { MigratorClient } from '../migrator/client';

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
  | 'whereabouts'
  | 'restoreFile'
  | 'compareSchema'
  | 'markApplied'
  | 'backups'
  | 'restore'
>;
