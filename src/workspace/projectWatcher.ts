import { basename, dirname } from 'node:path';
import * as vscode from 'vscode';
import { sqlGlob } from '../core/formats/fileNames';
import { Debouncer } from './debouncer';
import { Disposables } from './disposables';
import type { Project } from './project';

/** Long enough to see a burst of changes as one, short enough to be shown within a second. */
const lookQuietMs = 150;
const lockQuietMs = 40;
/** A new watcher hears nothing for a second or more; what happened meanwhile is seen by a look. */
const settlingMs = [2000, 6000];

/**
 * Follows one project's files, whoever changes them: migrations, database, `-wal`, `-journal`, and
 * the sentinel with its holder's card. What it calls only looks, so that the same change reported
 * twice (VS Code does that) does no harm.
 */
export class ProjectWatcher {
  private readonly disposables = new Disposables();
  private readonly watchers = new Disposables();
  private watched = '';
  private readonly look = this.disposables.add(
    new Debouncer(() => this.lookUnlessRunning(), lookQuietMs),
  );
  private readonly lookAtLock = this.disposables.add(
    new Debouncer(() => void this.project.refreshLock(), lockQuietMs),
  );
  private readonly readMigrations = this.disposables.add(
    new Debouncer(() => void this.project.migrationsChanged(), lookQuietMs),
  );

  constructor(private readonly project: Project) {
    this.disposables.add(project.onDidChange(() => this.watch()));
    this.watch();
  }

  dispose(): void {
    this.disposables.dispose();
    this.watchers.dispose();
  }

  /** A run of ours looks by itself when there is something to see. */
  private lookUnlessRunning(): void {
    if (!this.project.isRunning) {
      void this.project.refresh();
    }
  }

  /** A link's target is known only after the first look, so what is watched can change. */
  private watch(): void {
    const { target, status } = this.project.state;
    const databases = [...new Set([target.database, status?.path ?? target.database])];
    const watched = [...databases, ...target.folders].join('\n');
    if (watched === this.watched) {
      return;
    }
    this.watched = watched;
    this.watchers.clear();
    databases.forEach((database) => this.watchDatabase(database));
    target.folders.forEach((folder) => this.watchFolder(folder));
    for (const delay of settlingMs) {
      const timer = setTimeout(() => this.lookUnlessRunning(), delay);
      this.watchers.add({ dispose: () => clearTimeout(timer) });
    }
  }

  /**
   * Its folder is watched and names are compared here: a name may hold glob characters, and a
   * pattern relative to a Uri is also followed outside the workspace
   * (https://github.com/microsoft/vscode/issues/3025).
   */
  private watchDatabase(database: string): void {
    const name = basename(database);
    this.watchFiles(dirname(database), '*', (uri) => {
      switch (basename(uri.fsPath)) {
        case name:
        case `${name}-wal`:
        case `${name}-journal`:
          return this.look.request();
        case `${name}.lock`:
        case `${name}.lock.json`:
          return this.lookAtLock.request();
      }
    });
  }

  private watchFolder(folder: string): void {
    this.watchFiles(folder, sqlGlob, () => this.readMigrations.request());
  }

  private watchFiles(folder: string, pattern: string, changed: (uri: vscode.Uri) => void): void {
    const watcher = this.watchers.add(
      vscode.workspace.createFileSystemWatcher(
        new vscode.RelativePattern(vscode.Uri.file(folder), pattern),
      ),
    );
    watcher.onDidCreate(changed);
    watcher.onDidChange(changed);
    watcher.onDidDelete(changed);
  }
}
