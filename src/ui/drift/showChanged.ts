import * as vscode from 'vscode';
import type { RanMigration } from '../../core/drift';
import type { MigrationRef } from '../../core/model';
import { oneLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { formatDate } from '../formatDate';
import { mention, notify } from '../notify';
import { t } from '../translate';
import { decideEdited } from './decideEdited';
import type { DriftDocuments } from './driftDocuments';
import { pickEntry } from './pickEntry';

/** Compares what ran of an edited migration with what its file says, and offers what can be done. */
export async function showChanged(
  project: Project,
  documents: DriftDocuments,
  migration?: MigrationRef,
): Promise<void> {
  const entry = await pickEntry(project, 'edited', migration);
  if (!entry) {
    return;
  }
  const found = await project.drift.ran(entry.migration.version);
  const { ran, now } = found;
  if (!ran || !now || ran.sql === undefined) {
    return mention(
      t('What ran of {migration} was too long to be kept', {
        migration: oneLine(entry.migration.id),
      }),
    );
  }
  await showDiff(project, documents, found);
  const args = {
    migration: oneLine(entry.migration.id),
    database: project.name,
    date: formatDate(ran.at),
  };
  const message = entry.log?.marked
    ? t('{migration} was changed since it was recorded as applied on {date}.', args)
    : t('{migration} was changed since it ran on {date}. {database} is as it ran.', args);
  const decide = (): Promise<void> => decideEdited(project, entry.migration);
  notify('info', { message }, { title: t('What to Do…'), run: decide });
}

/** Shows what ran of a migration whose file is not here. */
export async function showWhatRan(
  project: Project,
  documents: DriftDocuments,
  migration?: MigrationRef,
): Promise<void> {
  const entry = await pickEntry(project, 'missing', migration);
  const found = entry && (await project.drift.ran(entry.migration.version));
  if (!found) {
    return;
  }
  if (found.ran?.sql === undefined) {
    const args = { migration: oneLine(found.migration.id) };
    return mention(t('What ran of {migration} is not known', args));
  }
  const uri = ranUri(project, documents, found, found.ran.sql);
  const document = await vscode.workspace.openTextDocument(uri);
  await vscode.window.showTextDocument(document);
}

/**
 * The log keeps only what runs. So the file itself is shown, to be edited, only where there is
 * nothing else in it; of others what would run.
 */
async function showDiff(
  project: Project,
  documents: DriftDocuments,
  found: RanMigration,
): Promise<void> {
  const { migration, ran, now } = found;
  const id = oneLine(migration.id, 100);
  const left = ranUri(project, documents, found, `${ran!.sql!}\n`);
  const right = now!.isWholeFile
    ? vscode.Uri.file(now!.file)
    : documents.put('edited', t('{migration} as its file says', { migration: id }), {
        text: `${now!.sql}\n`,
        project,
        migration,
      });
  const title = t('{migration}: as it ran ↔ as the file says', { migration: id });
  await vscode.commands.executeCommand('vscode.diff', left, right, title, { preview: true });
}

function ranUri(
  project: Project,
  documents: DriftDocuments,
  { migration }: RanMigration,
  text: string,
): vscode.Uri {
  const name = t('{migration} as it ran', { migration: oneLine(migration.id, 100) });
  return documents.put('edited', name, { text, project, migration });
}
