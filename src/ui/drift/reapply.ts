import type { Goal, HistoryEntry } from '../../core/model';
import { noLosses } from '../../core/schema/tableChanges';
import type { Rehearsal } from '../../core/rehearsal/rehearsal';
import { listNames, sanitizeLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { rehearseWithProgress } from '../commands/previewCommand';
import { downTo, refuseIrreversible, rollBackOutcome } from '../commands/rollBack';
import type { Runner } from '../commands/runner';
import { confirm, notify } from '../notify';
import { openFailure } from '../openPlace';
import { nameLines, shortError } from '../presentation/text';
import { t } from '../translate';

/** Rolls back to just before an edited migration, then applies it again as its file is now. */
export async function reapply(
  runner: Runner,
  project: Project,
  edited: HistoryEntry,
): Promise<void> {
  const history = project.state.status?.history ?? [];
  const { version, id } = edited.migration;
  const at = history.findIndex(({ migration }) => migration.version === version);
  if (at < 0) {
    return;
  }
  const undone = history.slice(0, at + 1);
  if (await refuseIrreversible(project, undone)) {
    return;
  }
  const down = downTo(history[at + 1]);
  const last = undone.find(({ file }) => file !== 'missing')!.migration;
  const up: Goal = { kind: 'to', id: last.id };
  const rehearsal = project.rehearses
    ? await rehearseWithProgress(project, (token) => project.drift.rehearseReapply(down, up, token))
    : undefined;
  if (project.rehearses && (!rehearsal || saidWhyNot(project, rehearsal))) {
    return;
  }
  const detail = details(project, undone, rehearsal);
  const names = { migration: sanitizeLine(id), database: project.name };
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
  const lost = undone.filter(({ file }) => file === 'missing').map(({ migration }) => migration.id);
  const older = (project.state.status?.findings ?? [])
    .filter(({ code }) => code === 'outOfOrder')
    .flatMap(({ migration }) => migration?.id ?? []);
  return [
    ...nameLines(
      undone.map(({ migration }) => migration),
      t,
    ),
    ...rollBackOutcome(project, rehearsal),
    ...(lost.length > 0
      ? [
          t('Not applied again, since the file is not here: {names}.', {
            names: listNames(lost, 10),
          }),
        ]
      : []),
    ...(older.length > 0
      ? [
          t('Applied with them, since it is pending and older: {names}.', {
            names: listNames(older, 10),
          }),
        ]
      : []),
  ].join('\n');
}
