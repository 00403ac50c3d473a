import * as vscode from 'vscode';
import type { Goal, HistoryEntry, MigrationRef } from '../../core/model';
import type { Rehearsal } from '../../core/rehearsal/rehearsal';
import { describeError } from '../../messages/describeError';
import { describeLosses, describeVerdict } from '../../messages/rehearsal';
import { sanitizeLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { choose, notify, showStatusMessage } from '../notify';
import { openFailure } from '../openPlace';
import {
  escapeIconsAndLinks,
  formatDate,
  nameLines,
  shortError,
  withDatabase,
} from '../presentation/text';
import type { PreviewSubject } from '../preview/preview';
import { t } from '../translate';
import { isUnknown } from './pick';
import { rehearseWithProgress } from './previewCommand';
import { backupNote, type CommandContext, restoreAction } from './runner';

/** Undoes the newest applied migration, after asking. */
export async function rollBackLast(project: Project, context: CommandContext): Promise<void> {
  const history = await freshHistory(project);
  if (history) {
    // Not “one step”: when this goal is previewed again later, that would be another migration.
    const goal = downTo(history[1]);
    await rollBack({ project, direction: 'down', goal }, history.slice(0, 1), context);
  }
}

/** Undoes everything newer than a migration, which the person chooses unless it is given. */
export async function rollBackTo(
  project: Project,
  context: CommandContext,
  migration?: Pick<MigrationRef, 'id'> & Partial<MigrationRef>,
): Promise<void> {
  const history = await freshHistory(project);
  const stays =
    history && (migration ? indexOf(history, migration) : await pickEnd(project, history));
  if (stays === 0) {
    return showStatusMessage(
      t('{database}: nothing newer to roll back', { database: project.name }),
    );
  }
  if (history && stays !== undefined && stays > 0) {
    const goal = downTo(history[stays]);
    await rollBack({ project, direction: 'down', goal }, history.slice(0, stays), context);
  }
}

/** Undoes what a preview shows. */
export async function rollBackPreviewed(
  subject: PreviewSubject,
  context: CommandContext,
): Promise<void> {
  const { project, goal } = subject;
  if (goal.kind === 'to') {
    return rollBackTo(project, context, { id: goal.id });
  }
  const history = await freshHistory(project);
  if (history) {
    await rollBack(subject, history, context);
  }
}

/** @param stays the newest that is not undone; absent where all are */
export function downTo(stays: HistoryEntry | undefined): Goal {
  return stays ? { kind: 'to', id: stays.migration.id } : { kind: 'all' };
}

/**
 * Undoes a migration whose file is not here, and everything newer, with the down scripts that were kept.
 * @param migration the oldest of them where no view gave it
 */
export async function rollBackMissing(
  project: Project,
  context: CommandContext,
  migration?: MigrationRef,
): Promise<void> {
  const history = await freshHistory(project);
  if (!history) {
    return;
  }
  const at = migration
    ? indexOf(history, migration)
    : history.findLastIndex(({ file }) => file === 'missing');
  if (at < 0) {
    return showStatusMessage(
      t('{database}: no file of an applied migration is missing', { database: project.name }),
    );
  }
  const goal = downTo(history[at + 1]);
  await rollBack({ project, direction: 'down', goal }, history.slice(0, at + 1), context);
}

async function freshHistory(project: Project): Promise<readonly HistoryEntry[] | undefined> {
  await project.refresh();
  if (isUnknown(project)) {
    return undefined;
  }
  const history = project.state.status?.history ?? [];
  if (history.length === 0) {
    showStatusMessage(t('{database}: nothing to roll back', { database: project.name }));
    return undefined;
  }
  return history;
}

function indexOf(
  history: readonly HistoryEntry[],
  { id, version }: Pick<MigrationRef, 'id'> & Partial<MigrationRef>,
): number {
  return history.findIndex(
    ({ migration }) => migration.id === id && migration.version === (version ?? migration.version),
  );
}

/** The index of the newest migration that stays; the length of the history: none does. */
async function pickEnd(
  project: Project,
  history: readonly HistoryEntry[],
): Promise<number | undefined> {
  const items = history.slice(1).map(({ migration, log }, index) => ({
    label: escapeIconsAndLinks(sanitizeLine(migration.id)),
    description: log && formatDate(log.at),
    detail: undone(index + 1),
    stays: index + 1,
  }));
  const nothing = {
    label: t('Before the first migration'),
    description: undefined,
    detail: undone(history.length),
    stays: history.length,
  };
  const picked = await vscode.window.showQuickPick([...items, nothing], {
    title: t('Roll Back {database} To', { database: project.name }),
    placeHolder: t('The newest migration that stays'),
  });
  return picked?.stays;
}

function undone(count: number): string {
  return count === 1 ? t('undoes 1 migration') : t('undoes {count} migrations', { count });
}

async function rollBack(
  subject: PreviewSubject,
  entries: readonly HistoryEntry[],
  { previews, runner }: CommandContext,
): Promise<void> {
  const { project, direction, goal } = subject;
  if (await refuseIrreversible(project, entries)) {
    return;
  }
  const rehearsal = project.rehearses
    ? await rehearseWithProgress(project, (token) => project.preview(direction, goal, token))
    : undefined;
  if (project.rehearses && !rehearsal) {
    return; // cancelled
  }
  if (rehearsal?.verdict === 'fails') {
    return notifyFailure(project, rehearsal);
  }
  const undone = entries.map(({ migration }) => migration);
  const args = { database: project.name, count: undone.length };
  const message =
    undone.length === 1
      ? t('Roll back {migration} in {database}?', {
          ...args,
          migration: sanitizeLine(undone[0].id),
        })
      : t('Roll back {count} migrations in {database}?', args);
  const detail = [...nameLines(undone, t), ...rollBackOutcome(project, rehearsal)].join('\n');
  const answers = rehearsal ? [t('Roll Back'), t('Preview')] : [t('Roll Back')];
  const chosen = await choose('warning', message, detail, ...answers);
  if (chosen === answers[0]) {
    await runner.run(project, 'down', goal, rehearsal?.losses);
  } else if (chosen !== undefined && rehearsal) {
    await previews.show(subject, rehearsal);
  }
}

/** Whether one of them has no down migration; says so where one has none. */
export async function refuseIrreversible(
  project: Project,
  entries: readonly HistoryEntry[],
): Promise<boolean> {
  const stuck = entries.find(({ reversible }) => !reversible);
  if (stuck) {
    const params = { migration: stuck.migration.id };
    const sentence = describeError({ code: 'rollback.noWayBack', params }, t);
    notify('error', sentence, ...(await restoreAction(project)));
  }
  return stuck !== undefined;
}

async function notifyFailure(project: Project, { error }: Rehearsal): Promise<void> {
  const message = withDatabase(project.name, shortError(error!, t), t);
  const advice = t('This was found on a copy; nothing was changed.');
  const place = error?.place ? [openFailure(error)] : [];
  notify('error', { message, advice }, ...place, ...(await restoreAction(project)));
}

/** What becomes of the data when migrations are rolled back, as far as it is known. */
export function rollBackOutcome(project: Project, rehearsal: Rehearsal | undefined): string[] {
  const deleted = rehearsal && describeLosses(rehearsal.losses, t);
  const unknown = t('What they added to the database is removed, with the data in it.');
  switch (rehearsal?.verdict) {
    case 'works':
      return deleted ? [deleted, backupNote(project)] : [t('No data is deleted.')];
    case undefined:
      return [unknown, backupNote(project)];
    default:
      return [describeVerdict(rehearsal!, t), deleted ?? unknown, backupNote(project)];
  }
}
