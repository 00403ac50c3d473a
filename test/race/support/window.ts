import type { RunRequest } from '../../../src/core/run/runRequest';
import { each } from '../../support/each';
import { startMigrator } from '../../support/startMigrator';

// Stands for a window: starts a migrator, tells its parent the pid once the slow step runs.
const request = JSON.parse(process.argv[2]) as RunRequest;
const client = startMigrator();
void client.ask('run', request, {
  onEvents: each((event) => {
    if (event.type === 'stepStarted' && event.migration.id === '002_slow') {
      process.send!(client.pid);
    }
  }),
});
