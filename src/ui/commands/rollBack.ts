import * as vscode from 'vscode';
import type { HistoryEntry } from '../../core/history/historyEntry';
import type { MigrationRef } from '../../core/migration';
import type { Goal } from '../../core/run/runRequest';
import { describeError } from '../../messages/describeError';
import { oneLine } from '../../messages/oneLine';
import type { Project } from '../../workspace/project';
import { formatDate } from '../formatDate';
import { inert } from '../inert';
import { confirm, mention, notify } from '../notify';
import { t } from '../translate';
import type { Runner } from './runner';

const namedAtMost = 10;

/** Undoes the newest applied migration, after asking. */
export async function rollBackLast(project: Project, runner: Runner): Promise<void> {
  const history = await freshHistory(project);
  if (history) {
    await rollBack(project, runner, history.slice(0, 1), { kind: 'steps', steps: 1 });
  }
}

/** Undoes everything newer than a migration, which the person chooses unless it is given. */
export async function rollBackTo(
  project: Project,
  runner: Runner,
  migration?: MigrationRef,
): Promise<void> {
  const history = await freshHistory(project);
  const stays =
    history && (migration ? indexOf(history, migration) : await pickEnd(project, history));
  if (stays === 0) {
    return mention(t('{database}: nothing newer to roll back', { database: project.name }));
  }
  if (history && stays !== undefined && stays > 0) {
    const last = history[stays]?.migration;
    const goal: Goal = last ? { kind: 'to', id: last.id } : { kind: 'all' };
    await rollBack(project, runner, history.slice(0, stays), goal);
  }
}

/**
 * Undoes a migration whose file is not here, and everything newer, with the ways back that were kept.
 * @param migration the oldest of them where no view gave it
 */
export async function rollBackMissing(
  project: Project,
  runner: Runner,
  migration?: MigrationRef,
): Promise<void> {
  const history = await freshHistory(project);
  const at = migration
    ? indexOf(history ?? [], migration)
    : (history ?? []).findLastIndex(({ file }) => file === 'missing');
  if (!history || at < 0) {
    return mention(
      t('{database}: no file of an applied migration is missing', { database: project.name }),
    );
  }
  const stays = history[at + 1]?.migration;
  const goal: Goal = stays ? { kind: 'to', id: stays.id } : { kind: 'all' };
  await rollBack(project, runner, history.slice(0, at + 1), goal);
}

async function freshHistory(project: Project): Promise<readonly HistoryEntry[] | undefined> {
  await project.refresh();
  const history = project.state.status?.history ?? [];
  if (history.length === 0) {
    mention(t('{database}: nothing to roll back', { database: project.name }));
    return undefined;
  }
  return history;
}

function indexOf(history: readonly HistoryEntry[], { id, version }: MigrationRef): number {
  return history.findIndex(({ migration }) => migration.id === id && migration.version === version);
}

/** The index of the newest migration that stays; the length of the history: none does. */
async function pickEnd(
  project: Project,
  history: readonly HistoryEntry[],
): Promise<number | undefined> {
  const items = history.slice(1).map(({ migration, log }, index) => ({
    label: inert(oneLine(migration.id)),
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
  project: Project,
  runner: Runner,
  entries: readonly HistoryEntry[],
  goal: Goal,
): Promise<void> {
  const stuck = entries.find(({ reversible }) => !reversible);
  if (stuck) {
    const params = { migration: stuck.migration.id };
    return notify('error', describeError({ code: 'rollback.noWayBack', params }, t));
  }
  const names = entries.map(({ migration }) => oneLine(migration.id));
  const more = names.length - namedAtMost;
  const message =
    names.length === 1
      ? t('Roll back {migration} in {database}?', {
          migration: names[0]!,
          database: project.name,
        })
      : t('Roll back {count} migrations in {database}?', {
          count: names.length,
          database: project.name,
        });
  const detail = [
    ...(names.length > 1 ? names.slice(0, namedAtMost) : []),
    ...(more > 0 ? [t('and {count} more', { count: more })] : []),
    ...(names.length > 1 ? [''] : []),
    t('What they added to the database is removed, with the data in it.'),
  ].join('\n');
  if (await confirm('warning', message, detail, t('Roll Back'))) {
    await runner.run(project, 'down', goal);
  }
}
