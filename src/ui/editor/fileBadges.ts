import * as vscode from 'vscode';
import { isDeepStrictEqual } from 'node:util';
import { Disposables } from '../../workspace/disposables';
import type { ProjectRegistry } from '../../workspace/projectRegistry';
import type { ProjectRevisions } from '../../workspace/projectRevisions';
import { type BadgeText, badgeTexts } from '../presentation/lensTexts';
import { t } from '../translate';

/** Of more files VS Code leaves some out, unless it is made to ask about all of them again. */
const mostNamed = 250;

/** Marks pending migrations in the explorer, and applied ones that were edited. */
export class FileBadges implements vscode.FileDecorationProvider {
  private readonly disposables = new Disposables();
  private readonly changed = this.disposables.add(
    new vscode.EventEmitter<vscode.Uri[] | undefined>(),
  );
  private badges: ReadonlyMap<string, BadgeText> = new Map();

  readonly onDidChangeFileDecorations = this.changed.event;

  constructor(
    private readonly registry: ProjectRegistry,
    revisions: ProjectRevisions,
  ) {
    this.disposables.add(revisions.onDidChange(() => this.update()));
    this.update();
  }

  provideFileDecoration({ scheme, fsPath }: vscode.Uri): vscode.FileDecoration | undefined {
    const found = scheme === 'file' ? this.badges.get(fsPath) : undefined;
    const colour = found?.isWarning ? new vscode.ThemeColor('list.warningForeground') : undefined;
    return found && new vscode.FileDecoration(found.badge, found.tooltip, colour);
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private update(): void {
    const before = this.badges;
    this.badges = badgeTexts(this.registry.projects, t);
    const files = new Set([...before.keys(), ...this.badges.keys()]);
    const changed = [...files].filter(
      (file) => !isDeepStrictEqual(before.get(file), this.badges.get(file)),
    );
    if (changed.length > 0) {
      const uris =
        changed.length > mostNamed ? undefined : changed.map((file) => vscode.Uri.file(file));
      this.changed.fire(uris);
    }
  }
}
