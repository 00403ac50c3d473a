import type { Project } from '../../workspace/project';
import { confirm } from '../notify';
import { t } from '../translate';

/** Asks where a run would create the database; true where it is there, or is not known to be missing. */
export async function confirmCreation({ name, state }: Project): Promise<boolean> {
  return (
    state.status?.look.state !== 'missing' ||
    (await confirm(
      'info',
      t('Create the database {database}?', { database: name }),
      t('{path} does not exist yet. It is created, then the pending migrations are applied.', {
        path: state.target.database,
      }),
      t('Create and Migrate'),
    ))
  );
}
