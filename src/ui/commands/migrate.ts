import type { Goal } from '../../core/run/runRequest';
import type { MigrationRef } from '../../core/model';
import { condition } from '../../workspace/condition';
import type { Project } from '../../workspace/project';
import { mention } from '../notify';
import { t } from '../translate';
import { pickPending } from './pickPending';
import { resolveInterrupted } from './resolveInterrupted';
import type { Runner } from './runner';
import { saveMigrations } from './saveMigrations';

/** Applies what is pending. */
export async function migrate(
  project: Project,
  runner: Runner,
  goal: Goal = { kind: 'all' },
): Promise<void> {
  await saveMigrations(project);
  await project.refresh();
  const now = condition(project.state);
  if (now.kind === 'upToDate') {
    return mention(t('{database} is up to date', { database: project.name }));
  }
  if (now.kind === 'ahead') {
    return mention(t('{database}: nothing is pending', { database: project.name }));
  }
  if (now.kind === 'interrupted') {
    return resolveInterrupted(project, runner);
  }
  await runner.run(project, 'up', goal);
}

/** Lets the person choose the last migration to apply. */
export async function migrateUpTo(
  project: Project,
  runner: Runner,
  migration?: MigrationRef,
): Promise<void> {
  const last = migration ?? (await pickLast(project));
  if (last) {
    await migrate(project, runner, { kind: 'to', id: last.id });
  }
}

async function pickLast(project: Project): Promise<MigrationRef | undefined> {
  await project.refresh();
  return pickPending(project, {
    title: t('Migrate {database} Up To', { database: project.name }),
    placeHolder: t('The last migration to apply'),
    describe: (count) =>
      count === 1 ? t('applies this one') : t('applies {count} migrations', { count }),
  });
}
