import { defaultWaitLimits } from '../../src/core/run/runRequest';
import type { MigratorClient } from '../../src/migrator/client';
import { Project } from '../../src/workspace/project';
import type { ProjectOptions } from '../../src/workspace/projectOptions';
import type { Scratch } from './scratch';

/** What differs from one such window to the next. */
export interface WindowProjectOptions extends Partial<Pick<ProjectOptions, 'isTrusted'>> {
  readonly workspace?: string;
  readonly database?: string;
}

/** The project of a scratch folder as a window has it: found beside the database, runs by default. */
export function windowProject(
  { database: own, migrations }: Scratch,
  migrator: MigratorClient,
  { workspace, database = own, isTrusted = () => true }: WindowProjectOptions = {},
): Project {
  return new Project(
    migrator,
    {
      runOptions: () => ({
        owner: { kind: 'window', workspace, version: '0' },
        engine: 'auto',
        wait: defaultWaitLimits,
        transaction: 'each',
      }),
      isTrusted,
    },
    { database, folders: [migrations], format: 'plain', because: 'neighbour' },
  );
}
