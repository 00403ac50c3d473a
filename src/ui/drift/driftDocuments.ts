import * as vscode from 'vscode';
import type { HistoryEntry, MigrationRef } from '../../core/model';
import { sanitizeLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { Disposables } from '../../workspace/timing';
import { showStatusMessage } from '../notify';
import { formatDate, escapeIconsAndLinks } from '../text';
import { t } from '../translate';

const driftScheme = 'lockstep-drift';

interface Document {
  readonly text: string;
  readonly project: Project;
  readonly migration?: MigrationRef;
}

/** The texts that are compared with files, or with each other. They are read-only and on no disk. */
export class DriftDocuments implements vscode.TextDocumentContentProvider {
  private readonly disposables = new Disposables();
  private readonly documents = new Map<string, Document>();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<vscode.Uri>());
  readonly onDidChange = this.changed.event;

  constructor() {
    this.disposables.add(vscode.workspace.registerTextDocumentContentProvider(driftScheme, this));
    this.disposables.add(
      vscode.workspace.onDidCloseTextDocument(({ uri }) => this.documents.delete(uri.toString())),
    );
  }

  /**
   * @param kind by which the manifest tells what can be done
   * @param name of the text, as its editor shows it; one text a name and project
   */
  put(kind: 'edited' | 'schema', name: string, document: Document): vscode.Uri {
    const path = `/${kind}/${name.replace(/[\\/]/g, '-')}.sql`;
    const uri = vscode.Uri.from({ scheme: driftScheme, path, query: document.project.key });
    this.documents.set(uri.toString(), document);
    this.changed.fire(uri);
    return uri;
  }

  /** What a text is about. */
  subjectOf(uri: vscode.Uri): Pick<Document, 'project' | 'migration'> | undefined {
    return this.documents.get(uri.toString());
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const text = this.documents.get(uri.toString())?.text;
    return text ?? `-- ${t('This comparison is over; open it again.')}\n`;
  }

  dispose(): void {
    this.documents.clear();
    this.disposables.dispose();
  }
}

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
