import type { CancellationToken } from 'vscode-jsonrpc/node';
import type { LockState } from '../core/holder';
import type { RunEvent, RunResult } from '../core/run/runEvent';
import type { RunRequest } from '../core/run/runRequest';
import type { Status } from '../core/status';
import type { Target } from '../core/target';
import type { DiscoverRequest, Discovery } from '../migrator/discovery/discovery';
import type { NewMigrationRequest, NewMigrationResult } from '../migrator/newMigration';

/** What the model needs of the migrator process; `MigratorClient` is the real one. */
export interface Migrator {
  discover(request: DiscoverRequest, token?: CancellationToken): Promise<Discovery>;
  status(target: Target, token?: CancellationToken): Promise<Status>;
  lock(database: string): Promise<LockState>;
  run(
    request: RunRequest,
    onEvent: (event: RunEvent) => void,
    token?: CancellationToken,
  ): Promise<RunResult>;
  breakLock(database: string, force: boolean): Promise<LockState>;
  resolveInterrupted(target: Target, decision: 'retry' | 'markApplied'): Promise<void>;
  newMigration(request: NewMigrationRequest): Promise<NewMigrationResult>;
}
