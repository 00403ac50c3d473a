import type * as vscode from 'vscode';
import { CancellationTokenSource } from 'vscode-jsonrpc/node';
import type { CheckResult } from '../../core/rehearsal/rehearsal';
import type { FilePlace } from '../../workspace/filePlace';
import type { Project } from '../../workspace/project';
import type { KnownTable } from './knownTables';
import { knownTables } from './knownTables';

/** What is known of an open document, as a file of one project. */
export interface FileCheck {
  readonly project: Project;
  readonly place: FilePlace;
  /** Absent until the first check, and of what is not checked: what is applied, what is too large. */
  readonly result?: CheckResult;
  readonly tables: readonly KnownTable[];
}

/** What an open document's checks depend on. */
interface CheckWorld {
  projectsOf(file: string): readonly Project[];
  /** Another number, another state. */
  revision(project: Project): number;
  isChecked(document: vscode.TextDocument): boolean;
}

/** Has one open document checked when it changes or what it is checked against does. */
export class OpenFile {
  /** One for each project that it is a file of. */
  checks: readonly FileCheck[] = [];
  private basis = '';
  private timer?: NodeJS.Timeout;
  private cancellation?: CancellationTokenSource;

  constructor(
    readonly document: vscode.TextDocument,
    private readonly world: CheckWorld,
    private readonly changed: () => void,
  ) {}

  /** Checks it again when it has been left alone for a while. @param delay milliseconds */
  request(delay: number): void {
    this.cancel();
    this.timer = setTimeout(() => void this.check(), delay);
  }

  /** Checks it again where what it is checked against has changed. @param delay milliseconds */
  refresh(delay: number): void {
    if (this.basisOf(this.projects) !== this.basis) {
      this.request(delay);
    }
  }

  dispose(): void {
    this.cancel();
    this.checks = [];
  }

  private get projects(): readonly Project[] {
    return this.world.projectsOf(this.document.uri.fsPath);
  }

  private cancel(): void {
    clearTimeout(this.timer);
    this.cancellation?.cancel();
    this.cancellation = undefined;
  }

  private async check(): Promise<void> {
    const cancellation = (this.cancellation = new CancellationTokenSource());
    const { projects } = this;
    this.basis = this.basisOf(projects);
    const checks: FileCheck[] = [];
    for (const project of projects) {
      const check = await this.checkFor(project, cancellation.token);
      if (cancellation.token.isCancellationRequested) {
        return;
      }
      checks.push(...(check ? [check] : []));
    }
    if (checks.length > 0 || this.checks.length > 0) {
      this.checks = checks;
      this.changed();
    }
  }

  private async checkFor(
    project: Project,
    token: CancellationTokenSource['token'],
  ): Promise<FileCheck | undefined> {
    const { document, world } = this;
    const file = document.uri.fsPath;
    const last = this.checks.find((check) => check.project === project);
    const place = project.place(file);
    if (!place) {
      return undefined;
    }
    const unchecked = { project, place, tables: [] };
    if (place.kind === 'applied' || !world.isChecked(document)) {
      return unchecked;
    }
    if (project.isRunning) {
      return last; // its database is being changed; the end of that is another state
    }
    try {
      const result = await project.check(file, document.getText(), token);
      return { project, place, result, tables: knownTables(result, last?.tables) };
    } catch {
      return unchecked; // what is wrong with the target is said by the tree
    }
  }

  private basisOf(projects: readonly Project[]): string {
    const revisions = projects.map((project) => `${project.key} ${this.world.revision(project)}`);
    return [this.world.isChecked(this.document), ...revisions].join('\n');
  }
}
