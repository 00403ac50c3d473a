import type { Project } from '../../workspace/project';
import { notify } from '../notify';
import { t } from '../translate';

/** Whether this window changes the database already; says so where it does. */
export function isBusy(project: Project): boolean {
  if (project.isRunning) {
    const message = t('{database} is being migrated by this window already.', {
      database: project.name,
    });
    notify('info', { message }, { title: t('Cancel It'), run: () => project.cancel() });
  }
  return project.isRunning;
}
