import { resolve } from 'node:path';
import { MigratorClient } from '../../src/migrator/client';

/** The migrator's process as a window starts it. */
export function startMigrator(modulePath = resolve('dist/migrator.js')): MigratorClient {
  return new MigratorClient({ modulePath, log: () => undefined });
}
