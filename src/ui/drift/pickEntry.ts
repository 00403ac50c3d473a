import * as vscode from 'vscode';
import type { HistoryEntry, MigrationRef } from '../../core/model';
import { oneLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { formatDate } from '../formatDate';
import { inert } from '../inert';
import { mention } from '../notify';
import { t } from '../translate';

/** The applied migration that a command is about: the given one, the only one, or the one picked. */
export async function pickEntry(
  project: Project,
  wanted: 'edited' | 'missing',
  migration?: MigrationRef,
): Promise<HistoryEntry | undefined> {
  await project.refresh();
  const entries = project.state.status?.history.filter(({ file }) => file === wanted) ?? [];
  const { name } = project;
  if (migration) {
    const found = entries.find((entry) => entry.migration.version === migration.version);
    if (!found) {
      mention(
        wanted === 'edited'
          ? t('{migration} is as it was applied', { migration: oneLine(migration.id) })
          : t('The file of {migration} is here', { migration: oneLine(migration.id) }),
      );
    }
    return found;
  }
  if (entries.length === 0) {
    mention(
      wanted === 'edited'
        ? t('{database}: no applied migration was changed', { database: name })
        : t('{database}: no file of an applied migration is missing', { database: name }),
    );
  }
  return entries.length <= 1 ? entries[0] : pick(entries, name);
}

async function pick(
  entries: readonly HistoryEntry[],
  database: string,
): Promise<HistoryEntry | undefined> {
  const items = entries.map((entry) => ({
    label: inert(oneLine(entry.migration.id)),
    description: entry.log && formatDate(entry.log.at),
    entry,
  }));
  const title = t('Which migration of {database}?', { database });
  return (await vscode.window.showQuickPick(items, { title }))?.entry;
}
