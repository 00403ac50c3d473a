import type { MigratorClient } from '../migrator/client';

/** What the model needs of the migrator process. */
export type Migrator = Pick<
  MigratorClient,
  | 'discover'
  | 'status'
  | 'lock'
  | 'run'
  | 'breakLock'
  | 'resolveInterrupted'
  | 'newMigration'
  | 'backups'
  | 'restore'
>;
