import * as vscode from 'vscode';
import { errorInfo } from '../../core/errors';
import type { Direction, Goal } from '../../core/model';
import type { Rehearsal } from '../../core/rehearsal/rehearsal';
import { describeError } from '../../messages/describeError';
import { sanitizeLine } from '../../messages/text';
import { Disposables } from '../../workspace/disposables';
import type { Project } from '../../workspace/project';
import { Coalescer, Debouncer } from '../../workspace/timing';
import { schemaTexts, summary, type SummaryLine } from '../presentation/summary';
import { t } from '../translate';

export const previewScheme = 'lockstep-preview';

interface Content {
  readonly text: string;
  /** What its first lines are made of. */
  readonly summary: readonly SummaryLine[];
}

/** The texts of previews that are open. They are read-only and on no disk. */
export class PreviewDocuments
  implements vscode.TextDocumentContentProvider, vscode.DocumentLinkProvider
{
  private readonly contents = new Map<string, Content>();
  private readonly changed = new vscode.EventEmitter<vscode.Uri>();
  readonly onDidChange = this.changed.event;

  /** @param summary stands above the text, as comments */
  set(uri: vscode.Uri, summary: readonly SummaryLine[], text: string): void {
    const comments = summary
      .map(({ text: line }) => `-- ${line.replace(/[\r\n]+/g, ' ')}`.trimEnd())
      .join('\n');
    this.contents.set(uri.toString(), {
      text: [comments, text].filter(Boolean).join('\n\n'),
      summary,
    });
    this.changed.fire(uri);
  }

  /** Frees what nobody sees any more. */
  delete(uri: vscode.Uri): void {
    this.contents.delete(uri.toString());
  }

  /** The first lines of a document. */
  summaryOf(uri: vscode.Uri): readonly SummaryLine[] {
    return this.contents.get(uri.toString())?.summary ?? [];
  }

  provideTextDocumentContent(uri: vscode.Uri): string {
    const ended = t('This preview is over. Run “Lockstep: Preview Pending Migrations” again.');
    return this.contents.get(uri.toString())?.text ?? `-- ${ended}\n`;
  }

  provideDocumentLinks(document: vscode.TextDocument): vscode.DocumentLink[] {
    return this.summaryOf(document.uri).flatMap(({ link }, number) => {
      const start = link ? document.lineAt(number).text.indexOf(link.text) : -1;
      if (!link || start < 0) {
        return [];
      }
      const range = new vscode.Range(number, start, number, start + link.text.length);
      const fragment = link.line === undefined ? '' : `L${link.line},${link.column ?? 1}`;
      return [new vscode.DocumentLink(range, vscode.Uri.file(link.file).with({ fragment }))];
    });
  }

  dispose(): void {
    this.contents.clear();
    this.changed.dispose();
  }
}

/** What is previewed. */
export interface PreviewSubject {
  readonly project: Project;
  readonly direction: Direction;
  readonly goal: Goal;
}

/** Long enough for a burst of saved files. */
const updateDelayMs = 300;

/**
 * One diff editor: the schema now and after. Follows its project: after a change it is rehearsed
 * again, at once where it is visible, otherwise when it becomes visible.
 */
export class Preview implements PreviewSubject {
  readonly project: Project;
  readonly direction: Direction;
  readonly goal: Goal;
  readonly before: vscode.Uri;
  readonly after: vscode.Uri;
  private readonly disposables = new Disposables();
  private readonly debouncedUpdate = this.disposables.add(
    new Debouncer(() => void this.updates.request(), updateDelayMs),
  );
  private readonly updates = new Coalescer(() => this.update());
  private outdated = false;
  private disposed = false;
  /** Applied and pending migrations as of the last update. */
  private known: string;

  constructor(
    subject: PreviewSubject,
    private readonly documents: PreviewDocuments,
  ) {
    ({ project: this.project, direction: this.direction, goal: this.goal } = subject);
    const { project } = this;
    this.before = previewUri(subject, 'now');
    this.after = previewUri(subject, 'after');
    this.known = migrationsOf(project);
    this.disposables.add(project.onDidChange(() => this.onChange()));
    this.disposables.add(project.onDidChangeFiles(() => this.invalidate()));
    this.disposables.add(
      vscode.window.onDidChangeVisibleTextEditors(() => this.outdated && this.invalidate()),
    );
  }

  /** Opens it, or brings it to the front. */
  async show(rehearsal: Rehearsal): Promise<void> {
    this.outdated = false;
    await this.render(rehearsal);
    await vscode.commands.executeCommand('vscode.diff', this.before, this.after, this.title, {
      preview: true,
    });
  }

  dispose(): void {
    this.disposed = true;
    this.disposables.dispose();
    this.documents.delete(this.before);
    this.documents.delete(this.after);
  }

  private get title(): string {
    const { project, direction, goal } = this;
    const args = {
      database: project.name,
      migration: goal.kind === 'to' ? sanitizeLine(goal.id, 60) : '',
    };
    if (goal.kind === 'to') {
      return direction === 'up'
        ? t('{database}: schema now ↔ after {migration}', args)
        : t('{database}: schema now ↔ rolled back to {migration}', args);
    }
    return direction === 'up'
      ? t('{database}: schema now ↔ after migrating', args)
      : t('{database}: schema now ↔ rolled back', args);
  }

  private get isVisible(): boolean {
    const shown = this.after.toString();
    return vscode.window.visibleTextEditors.some(({ document }) => {
      return document.uri.toString() === shown;
    });
  }

  private onChange(): void {
    const now = migrationsOf(this.project);
    if (now !== this.known && !this.project.isRunning) {
      this.known = now;
      this.invalidate();
    }
  }

  private invalidate(): void {
    this.outdated = true;
    if (this.isVisible) {
      this.debouncedUpdate.request();
    }
  }

  private async update(): Promise<void> {
    const { project, direction, goal } = this;
    this.outdated = false;
    try {
      await this.render(await project.preview(direction, goal));
    } catch (error) {
      const { message } = describeError(errorInfo(error), t);
      this.set(this.after, [{ text: sanitizeLine(message) }], '');
    }
  }

  private async render(rehearsal: Rehearsal): Promise<void> {
    const { schemaBefore, schemaAfter } = rehearsal;
    const [before = '', after = ''] = await schemaTexts(schemaBefore, schemaAfter);
    this.set(this.before, [], before);
    this.set(this.after, summary(rehearsal, t), after);
  }

  private set(...content: Parameters<PreviewDocuments['set']>): void {
    if (!this.disposed) {
      this.documents.set(...content);
    }
  }
}

/** The same subject has the same documents, so that its editor is found again. */
export function previewUri(
  { project, direction, goal }: PreviewSubject,
  side: 'now' | 'after',
): vscode.Uri {
  const query = JSON.stringify({ project: project.key, direction, goal });
  return vscode.Uri.from({ scheme: previewScheme, path: `/${project.name}/${side}.sql`, query });
}

function migrationsOf({ state: { status } }: Project): string {
  const applied = status?.history.map(({ migration }) => migration.version) ?? [];
  const pending = status?.pending.map(({ version }) => version) ?? [];
  return JSON.stringify([applied, pending]);
}
