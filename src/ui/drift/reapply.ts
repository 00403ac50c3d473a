import type { HistoryEntry } from '../../core/history/historyEntry';
import type { MigrationRef } from '../../core/migration';
import type { Goal } from '../../core/run/runRequest';
import { describeError } from '../../messages/describeError';
import { describeLosses } from '../../messages/describeRehearsal';
import { oneLine } from '../../messages/oneLine';
import type { Project } from '../../workspace/project';
import { confirm, notify } from '../notify';
import type { Runner } from '../commands/runner';
import { tryOut } from '../commands/tryOut';
import { shortError } from '../shortError';
import { t } from '../translate';
import { pickEntry } from './pickEntry';

const namedAtMost = 10;

/** Rolls back to just before an edited migration, then applies it again as its file is now. */
export async function reapply(
  project: Project,
  runner: Runner,
  migration?: MigrationRef,
): Promise<void> {
  const edited = await pickEntry(project, 'edited', migration);
  const history = project.state.status?.history ?? [];
  const at = history.findIndex((entry) => entry.migration.version === edited?.migration.version);
  if (!edited || at < 0) {
    return;
  }
  const undone = history.slice(0, at + 1);
  const stuck = undone.find(({ reversible }) => !reversible);
  if (stuck) {
    const params = { migration: stuck.migration.id };
    return notify('error', describeError({ code: 'rollback.noWayBack', params }, t));
  }
  const stays = history[at + 1]?.migration;
  const down: Goal = stays ? { kind: 'to', id: stays.id } : { kind: 'all' };
  const rehearsal = await tryOut({ project, direction: 'down', goal: down });
  if (!rehearsal) {
    return;
  }
  if (rehearsal.verdict === 'fails' && rehearsal.error) {
    const message = t('{database} cannot be rolled back: {message}', {
      database: project.name,
      message: shortError(rehearsal.error, t),
    });
    const advice = t('This was found on a copy; nothing was changed.');
    return notify('error', { message, advice });
  }
  const detail = details(undone, describeLosses(rehearsal.losses, t));
  const names = { migration: oneLine(edited.migration.id), database: project.name };
  const question =
    undone.length === 1
      ? t('Roll back {migration} in {database} and apply it again?', names)
      : t('Roll back {count} migrations in {database} and apply them again?', {
          ...names,
          count: undone.length,
        });
  if (await confirm('warning', question, detail, t('Roll Back and Re-apply'))) {
    const last = undone.find(({ file }) => file !== 'missing')!.migration;
    const up: Goal = { kind: 'to', id: last.id };
    await runner.reapply(project, down, up, rehearsal.losses);
  }
}

function details(undone: readonly HistoryEntry[], losses: string | undefined): string {
  const lost = undone.filter(({ file }) => file === 'missing');
  const names = undone.map(({ migration }) => oneLine(migration.id));
  const more = names.length - namedAtMost;
  return [
    ...(names.length > 1 ? [...names.slice(0, namedAtMost)] : []),
    ...(more > 0 ? [t('and {count} more', { count: more })] : []),
    ...(names.length > 1 ? [''] : []),
    losses ?? t('No rows are deleted.'),
    ...(lost.length > 0
      ? [
          t('Not applied again, since the file is not here: {names}.', {
            names: lost.map(({ migration }) => oneLine(migration.id)).join(', '),
          }),
        ]
      : []),
  ].join('\n');
}
