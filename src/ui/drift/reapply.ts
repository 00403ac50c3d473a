import type * as vscode from 'vscode';
import type { HistoryEntry, MigrationRef } from '../../core/model';
import { noLosses, type Rehearsal } from '../../core/rehearsal/rehearsal';
import type { Goal } from '../../core/run/runRequest';
import { describeError } from '../../messages/describeError';
import { sanitizeLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { rollBackOutcome } from '../commands/rollBack';
import { restoreAction, type Runner } from '../commands/runner';
import { confirm, notify, patiently } from '../notify';
import { openFailure } from '../openPlace';
import { escapeIconsAndLinks, shortError } from '../text';
import { t } from '../translate';
import { pickEntry } from './driftDocuments';

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
    const sentence = describeError({ code: 'rollback.noWayBack', params }, t);
    return notify('error', sentence, ...(await restoreAction(project)));
  }
  const stays = history[at + 1]?.migration;
  const down: Goal = stays ? { kind: 'to', id: stays.id } : { kind: 'all' };
  const last = undone.find(({ file }) => file !== 'missing')!.migration;
  const up: Goal = { kind: 'to', id: last.id };
  const start = (token: vscode.CancellationToken): Promise<Rehearsal> =>
    project.drift.tryAgain(down, up, token);
  const database = escapeIconsAndLinks(project.name);
  const title = t('Trying migrations on a copy of {database}', { database });
  const rehearsal = project.rehearses
    ? await patiently({ title, patienceMs: 300, start })
    : undefined;
  if (project.rehearses && (!rehearsal || saidWhyNot(project, rehearsal))) {
    return;
  }
  const detail = details(project, undone, rehearsal);
  const names = { migration: sanitizeLine(edited.migration.id), database: project.name };
  const question =
    undone.length === 1
      ? t('Roll back {migration} in {database} and apply it again?', names)
      : t('Roll back {count} migrations in {database} and apply them again?', {
          ...names,
          count: undone.length,
        });
  if (await confirm('warning', question, detail, t('Roll Back and Re-apply'))) {
    await runner.reapply(project, down, up, rehearsal?.losses ?? noLosses);
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

function details(
  project: Project,
  undone: readonly HistoryEntry[],
  rehearsal: Rehearsal | undefined,
): string {
  const names = undone.map(({ migration }) => sanitizeLine(migration.id));
  const more = names.length - namedAtMost;
  const lost = undone.filter(({ file }) => file === 'missing').map(({ migration }) => migration);
  const older = (project.state.status?.findings ?? [])
    .filter(({ code }) => code === 'outOfOrder')
    .flatMap(({ migration }) => migration ?? []);
  return [
    ...(names.length > 1 ? [...names.slice(0, namedAtMost)] : []),
    ...(more > 0 ? [t('and {count} more', { count: more })] : []),
    ...(names.length > 1 ? [''] : []),
    ...rollBackOutcome(project, rehearsal),
    ...(lost.length > 0
      ? [t('Not applied again, since the file is not here: {names}.', { names: listed(lost) })]
      : []),
    ...(older.length > 0
      ? [t('Applied with them, since it is pending and older: {names}.', { names: listed(older) })]
      : []),
  ].join('\n');
}

function listed(migrations: readonly MigrationRef[]): string {
  const shown = migrations.slice(0, namedAtMost).map(({ id }) => sanitizeLine(id));
  return migrations.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
}
