import * as vscode from 'vscode';
import { basename } from 'node:path';
import type { AppliedSource } from '../../core/drift';
import { isUsableName } from '../../core/formats/fileNames';
import type { HistoryEntry, MigrationRef } from '../../core/model';
import { sanitizeLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { rollBackMissing } from '../commands/rollBack';
import type { CommandContext } from '../commands/runner';
import type { Log } from '../log';
import { notify, showStatusMessage } from '../notify';
import { openPlace } from '../openPlace';
import { escapeIconsAndLinks, formatDate } from '../presentation/text';
import { t } from '../translate';
import type { DriftDocuments } from './driftDocuments';
import { markApplied } from './markApplied';
import { reapply } from './reapply';

type Action = (project: Project, migration?: MigrationRef) => unknown;
type EntryAction = (project: Project, entry: HistoryEntry) => Promise<void>;

/** What can be done where files and database do not agree; by the command's name. */
export function driftActions(
  documents: DriftDocuments,
  context: CommandContext,
  log: Log,
): Readonly<Record<'reads' | 'writes', Readonly<Record<string, Action>>>> {
  return {
    reads: {
      showChanged: onEntry('edited', (...about) => showChanged(documents, ...about)),
      showWhatRan: onEntry('missing', (...about) => showWhatRan(documents, ...about)),
    },
    writes: {
      decideEdited: onEntry('edited', decideEdited),
      acceptEdited: onEntry('edited', acceptEdited),
      followUp: onEntry('edited', followUp),
      reapply: onEntry('edited', (...about) => reapply(context.runner, ...about)),
      restoreFile: onEntry('missing', restoreFile),
      rollBackMissing: (project, migration) => rollBackMissing(project, context, migration),
      markApplied: (project, migration) => markApplied(project, documents, log, migration),
    },
  };
}

/** Acts on an applied migration that is in a state: the given one, the only one, or the one picked. */
function onEntry(state: 'edited' | 'missing', act: EntryAction): Action {
  return async (project, migration) => {
    await project.refresh();
    const entry = await pickEntry(project, state, migration);
    if (entry) {
      await act(project, entry);
    }
  };
}

async function pickEntry(
  { name, state: { status } }: Project,
  wanted: 'edited' | 'missing',
  migration?: MigrationRef,
): Promise<HistoryEntry | undefined> {
  const entries = status?.history.filter(({ file }) => file === wanted) ?? [];
  if (migration) {
    const found = entries.find((entry) => entry.migration.version === migration.version);
    if (!found) {
      showStatusMessage(
        wanted === 'edited'
          ? t('{migration} is as it was applied', { migration: sanitizeLine(migration.id) })
          : t('The file of {migration} is here', { migration: sanitizeLine(migration.id) }),
      );
    }
    return found;
  }
  if (entries.length === 0) {
    showStatusMessage(
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
    label: escapeIconsAndLinks(sanitizeLine(entry.migration.id)),
    description: entry.log && formatDate(entry.log.at),
    entry,
  }));
  const title = t('Which migration of {database}?', { database });
  return (await vscode.window.showQuickPick(items, { title }))?.entry;
}

/** Compares what ran of an edited migration with what its file says, and offers what can be done. */
async function showChanged(
  documents: DriftDocuments,
  project: Project,
  entry: HistoryEntry,
): Promise<void> {
  const found = await project.drift.readAppliedSource(entry.migration.version);
  const { ran, now } = found;
  if (!ran || !now || ran.sql === undefined) {
    return showStatusMessage(
      t('What ran of {migration} was too long to be kept', {
        migration: sanitizeLine(entry.migration.id),
      }),
    );
  }
  await showDiff(project, documents, found);
  const args = {
    migration: sanitizeLine(entry.migration.id),
    database: project.name,
    date: formatDate(ran.at),
  };
  const message = entry.log?.marked
    ? t('{migration} was changed since it was recorded as applied on {date}.', args)
    : t('{migration} was changed since it ran on {date}. {database} is as it ran.', args);
  // The answer can come late, so the migration is looked up again.
  const decide = onEntry('edited', decideEdited);
  const run = (): unknown => decide(project, entry.migration);
  notify('info', { message }, { title: t('What to Do…'), run });
}

/** Shows what ran of a migration whose file is not here. */
async function showWhatRan(
  documents: DriftDocuments,
  project: Project,
  entry: HistoryEntry,
): Promise<void> {
  const found = await project.drift.readAppliedSource(entry.migration.version);
  if (found.ran?.sql === undefined) {
    const args = { migration: sanitizeLine(found.migration.id) };
    return showStatusMessage(t('What ran of {migration} is not known', args));
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
  found: AppliedSource,
): Promise<void> {
  const { migration, ran, now } = found;
  const id = sanitizeLine(migration.id, 100);
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
  { migration }: AppliedSource,
  text: string,
): vscode.Uri {
  const name = t('{migration} as it ran', { migration: sanitizeLine(migration.id, 100) });
  return documents.put('edited', name, { text, project, migration });
}

/** Lets the person choose what to do about an applied migration whose file was changed. */
async function decideEdited(project: Project, entry: HistoryEntry): Promise<void> {
  const items = [
    {
      label: `$(check) ${t('Accept as Same')}`,
      detail: t('The text means what ran: note that in the run log. The database is not touched.'),
      command: 'lockstep.acceptEdited',
    },
    {
      label: `$(add) ${t('Follow-up Migration…')}`,
      detail: t('Keep what ran, and bring the change with a new migration.'),
      command: 'lockstep.followUp',
    },
    {
      label: `$(debug-restart) ${t('Roll Back and Re-apply…')}`,
      detail: t(
        'Undo what ran with the down migration that was kept, then run the file as it is now.',
      ),
      command: 'lockstep.reapply',
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: t('{migration} was changed after it was applied', {
      migration: sanitizeLine(entry.migration.id),
    }),
    placeHolder: t('What to do?'),
  });
  if (picked) {
    await vscode.commands.executeCommand(picked.command, { project, migration: entry.migration });
  }
}

/** Creates the migration that brings the change of an edited one to databases that have it already. */
async function followUp(project: Project, entry: HistoryEntry): Promise<void> {
  const { version, id, name } = entry.migration;
  const chosen = await vscode.window.showInputBox({
    title: t('Follow-up to {migration}', { migration: sanitizeLine(id) }),
    prompt: t('What it does, in a few words; what was changed stands in it as a comment'),
    value: t('follow up {name}', { name: sanitizeLine(name, 60) }),
    validateInput: (value) => (isUsableName(value) ? undefined : t('A migration needs a name')),
  });
  if (chosen === undefined) {
    return;
  }
  const { files, line, column } = await project.drift.followUp(version, chosen.trim());
  if (files[0]) {
    await openPlace({ file: files[0], line, column });
  }
}

/** Records that an edited file does the same as what ran. */
async function acceptEdited(project: Project, entry: HistoryEntry): Promise<void> {
  const { version, id } = entry.migration;
  const { now } = await project.drift.readAppliedSource(version);
  const unsaved = vscode.workspace.textDocuments.some(
    ({ uri, isDirty }) => isDirty && uri.scheme === 'file' && uri.fsPath === now?.file,
  );
  if (unsaved) {
    const message = t('{migration} has changes that are not saved.', {
      migration: sanitizeLine(id),
    });
    return notify('warning', { message, advice: t('Save it, then accept it.') });
  }
  if (now) {
    await project.drift.acceptEdited(version, now.checksum);
    showStatusMessage(
      t('{migration}: its file is accepted as what ran', { migration: sanitizeLine(id) }),
    );
  }
}

/** Writes the file of an applied migration that is not here, as git has it, else as it ran. */
async function restoreFile(project: Project, entry: HistoryEntry): Promise<void> {
  const { files, from, branch } = await project.drift.restoreFile(entry.migration.version);
  const args = {
    file: sanitizeLine(basename(files[0] ?? '')),
    branch: sanitizeLine(branch ?? '', 80),
  };
  const message =
    from === 'log'
      ? t('{file} was written as it ran, from the run log.', args)
      : branch
        ? t('{file} was written as it is on branch {branch}.', args)
        : t('{file} was written as git had it last.', args);
  if (files[0]) {
    await openPlace({ file: files[0] });
  }
  notify('info', { message });
}
