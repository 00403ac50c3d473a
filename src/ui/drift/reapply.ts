import type { HistoryEntry } from '../../core/history/historyEntry';
import type { MigrationRef } from '../../core/migration';
import type { Rehearsal } from '../../core/rehearsal/rehearsal';
import type { Goal } from '../../core/run/runRequest';
import { describeError } from '../../messages/describeError';
import { describeLosses } from '../../messages/describeRehearsal';
import { oneLine } from '../../messages/oneLine';
import type { Project } from '../../workspace/project';
import { confirm, notify } from '../notify';
import type { Runner } from '../commands/runner';
import { patiently } from '../commands/patiently';
import { inert } from '../inert';
import { openFailure } from '../openPlace';
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
  const last = undone.find(({ file }) => file !== 'missing')!.migration;
  const up: Goal = { kind: 'to', id: last.id };
  const rehearsal = await patiently({
    title: t('Trying migrations on a copy of {database}', { database: inert(project.name) }),
    patienceMs: 300,
    start: (token) => project.drift.tryAgain(down, up, token),
  });
  if (!rehearsal || saidWhyNot(project, rehearsal)) {
    return;
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
    await runner.reapply(project, down, up, rehearsal.losses);
  }
}

/** Says so where it is known that one of the two ways would fail. */
function saidWhyNot(project: Project, { verdict, error, again }: Rehearsal): boolean {
  const failed = verdict === 'fails' ? error : again?.verdict === 'fails' ? again.error : undefined;
  if (!failed) {
    return false;
  }
  const args = { database: project.name, message: shortError(failed, t) };
  const message =
    verdict === 'fails'
      ? t('{database} cannot be rolled back: {message}', args)
      : t('{database} could be rolled back, but not migrated again: {message}', args);
  const advice = t('This was found on a copy; nothing was changed.');
  notify('error', { message, advice }, ...(failed.place ? [openFailure(failed)] : []));
  return true;
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
