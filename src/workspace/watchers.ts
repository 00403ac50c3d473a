import * as vscode from 'vscode';
import { stat } from 'node:fs/promises';
import { basename, dirname, sep } from 'node:path';
import { sqlGlob, sqlName } from '../core/formats/fileNames';
import { databaseExtensions, skippedFolders } from '../migrator/protocol';
import { Disposables } from './disposables';
import type { Project } from './project';
import type { ProjectRegistry } from './projectRegistry';
import { affectsDiscovery } from './settings';
import { Debouncer } from './timing';

/** Long enough to see a burst of changes as one, short enough to be shown within a second. */
const refreshDelayMs = 150;
const lockDelayMs = 40;
/** A new watcher reports nothing for a second or more; what has changed meanwhile is read after it. */
const recheckMs = [2000, 6000];

/**
 * Follows one project's files, whoever changes them: migrations, database, `-wal`, `-journal`, and
 * the sentinel with its holder's card. What it calls only reads, so that the same change reported
 * twice (VS Code does that) does no harm.
 */
export class ProjectWatcher {
  private readonly disposables = new Disposables();
  private readonly watchers = new Disposables();
  private watched = '';
  private readonly refresh = this.disposables.add(
    new Debouncer(() => this.refreshUnlessRunning(), refreshDelayMs),
  );
  private readonly refreshLock = this.disposables.add(
    new Debouncer(() => void this.project.refreshLock(), lockDelayMs),
  );
  private readonly migrationsChanged = this.disposables.add(
    new Debouncer(() => void this.project.migrationsChanged(), refreshDelayMs),
  );

  constructor(private readonly project: Project) {
    this.disposables.add(project.onDidChange(() => this.watch()));
    this.watch();
  }

  dispose(): void {
    this.disposables.dispose();
    this.watchers.dispose();
  }

  /** A run of this window refreshes by itself when something has changed. */
  private refreshUnlessRunning(): void {
    if (!this.project.isRunning) {
      void this.project.refresh();
    }
  }

  /** A link's target is known only once the database was read, so what is watched can change. */
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
    for (const delay of recheckMs) {
      const timer = setTimeout(() => this.refreshUnlessRunning(), delay);
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
          return this.refresh.request();
        case `${name}.lock`:
        case `${name}.lock.json`:
          return this.refreshLock.request();
      }
    });
  }

  private watchFolder(folder: string): void {
    this.watchFiles(folder, sqlGlob, () => this.migrationsChanged.request());
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

/** Files whose coming or going can change which databases and migrations there are. */
const discoveredFiles = `**/{${[sqlGlob, ...databaseExtensions.map((ending) => `*${ending}`), '.env'].join()}}`;
const searchDelayMs = 400;
/** A build makes folders by the dozen, and few of them matter. */
const foldersDelayMs = 1000;
const foldersMaxMs = 10_000;

/** Keeps the registry in step with files, folders, settings and trust; one watcher a project. */
export class WorkspaceWatcher {
  private readonly disposables = new Disposables();
  private readonly watchers = new Map<Project, ProjectWatcher>();
  private readonly search = this.disposables.add(
    new Debouncer(() => void this.registry.rediscover(), searchDelayMs),
  );
  private readonly searchFolders = this.disposables.add(
    new Debouncer(() => this.search.request(), foldersDelayMs, foldersMaxMs),
  );

  constructor(private readonly registry: ProjectRegistry) {
    const search = (): void => this.search.request();
    const files = this.disposables.add(vscode.workspace.createFileSystemWatcher(discoveredFiles));
    files.onDidCreate((uri) => this.isUnknown(uri) && search());
    files.onDidDelete(search);
    files.onDidChange((uri) => uri.path.endsWith('/.env') && search());
    // Of a folder that is renamed, deleted or created with its content only the folder is reported.
    const all = this.disposables.add(
      vscode.workspace.createFileSystemWatcher('**', false, true, false),
    );
    all.onDidCreate((uri) => void this.folderCreated(uri));
    all.onDidDelete((uri) => this.contained(uri) && search());
    this.disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(search));
    this.disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(search));
    this.disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => affectsDiscovery(event) && search()),
    );
    this.disposables.add(
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.refreshAll()),
    );
    this.disposables.add(registry.onDidChange((project) => !project && this.syncWatchers()));
    this.syncWatchers();
  }

  dispose(): void {
    this.disposables.dispose();
    this.watchers.forEach((watcher) => watcher.dispose());
    this.watchers.clear();
  }

  private syncWatchers(): void {
    const projects = new Set(this.registry.projects);
    for (const [project, watcher] of this.watchers) {
      if (!projects.has(project)) {
        watcher.dispose();
        this.watchers.delete(project);
      }
    }
    for (const project of projects) {
      if (!this.watchers.has(project)) {
        this.watchers.set(project, new ProjectWatcher(project));
      }
    }
  }

  /** One more migration in a known folder concerns its project only, which follows it itself. */
  private isUnknown(uri: vscode.Uri): boolean {
    const known = this.registry.projects.flatMap(({ state }) => state.target.folders);
    return !sqlName.test(uri.path) || !known.includes(dirname(uri.fsPath));
  }

  /** By its name most that is no folder is left out; a folder with a dot in its name waits for another search. */
  private async folderCreated(uri: vscode.Uri): Promise<void> {
    const names = vscode.workspace.asRelativePath(uri, false).split('/');
    if (names.at(-1)!.includes('.') || names.some((name) => skippedFolders.has(name))) {
      return;
    }
    const found = await stat(uri.fsPath).catch(() => undefined);
    if (found?.isDirectory()) {
      this.searchFolders.request();
    }
  }

  /** Whether a project's database or migrations were at or below a path. */
  private contained({ fsPath }: vscode.Uri): boolean {
    return this.registry.projects.some(({ state: { target } }) =>
      [target.database, ...target.folders].some(
        (path) => path === fsPath || path.startsWith(fsPath + sep),
      ),
    );
  }

  private refreshAll(): void {
    this.registry.projects.forEach((project) => void project.refresh());
  }
}
