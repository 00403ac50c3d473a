import { stat } from 'node:fs/promises';
import { dirname, sep } from 'node:path';
import * as vscode from 'vscode';
import { sqlGlob, sqlName } from '../core/formats/fileNames';
import { databaseExtensions } from '../migrator/discovery/discover';
import { skippedFolders } from '../migrator/discovery/walk';
import { Debouncer } from './debouncer';
import { Disposables } from './disposables';
import type { Project } from './project';
import type { ProjectRegistry } from './projectRegistry';
import { ProjectWatcher } from './projectWatcher';
import { affectsDiscovery } from './settings';

/** Files whose coming or going can change which databases and migrations there are. */
const telling = `**/{${[sqlGlob, ...databaseExtensions.map((ending) => `*${ending}`), '.env'].join()}}`;
const searchQuietMs = 400;
/** A build makes folders by the dozen, and few of them are news. */
const foldersQuietMs = 1000;
const foldersMaxMs = 10_000;

/** Keeps the registry in step with files, folders, settings and trust; one watcher a project. */
export class WorkspaceWatcher {
  private readonly disposables = new Disposables();
  private readonly watchers = new Map<Project, ProjectWatcher>();
  private readonly search = this.disposables.add(
    new Debouncer(() => void this.registry.rediscover(), searchQuietMs),
  );
  private readonly searchFolders = this.disposables.add(
    new Debouncer(() => this.search.request(), foldersQuietMs, foldersMaxMs),
  );

  constructor(private readonly registry: ProjectRegistry) {
    const search = (): void => this.search.request();
    const files = this.disposables.add(vscode.workspace.createFileSystemWatcher(telling));
    files.onDidCreate((uri) => this.isNews(uri) && search());
    files.onDidDelete(search);
    files.onDidChange((uri) => uri.path.endsWith('/.env') && search());
    // Of a folder that is renamed, deleted or made with all that is in it only the folder is told.
    const all = this.disposables.add(
      vscode.workspace.createFileSystemWatcher('**', false, true, false),
    );
    all.onDidCreate((uri) => void this.folderCame(uri));
    all.onDidDelete((uri) => this.held(uri) && search());
    this.disposables.add(vscode.workspace.onDidChangeWorkspaceFolders(search));
    this.disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(search));
    this.disposables.add(
      vscode.workspace.onDidChangeConfiguration((event) => affectsDiscovery(event) && search()),
    );
    this.disposables.add(
      vscode.window.onDidChangeWindowState(({ focused }) => focused && this.refreshAll()),
    );
    this.disposables.add(registry.onDidChange((project) => !project && this.follow()));
    this.follow();
  }

  dispose(): void {
    this.disposables.dispose();
    this.watchers.forEach((watcher) => watcher.dispose());
    this.watchers.clear();
  }

  private follow(): void {
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

  /** One migration more in a folder that is known is its project's business. */
  private isNews(uri: vscode.Uri): boolean {
    const known = this.registry.projects.flatMap(({ state }) => state.target.folders);
    return !sqlName.test(uri.path) || !known.includes(dirname(uri.fsPath));
  }

  /** Most names tell that something is a file; one with a dot that is none waits for another search. */
  private async folderCame(uri: vscode.Uri): Promise<void> {
    const way = vscode.workspace.asRelativePath(uri, false).split('/');
    if (way.at(-1)!.includes('.') || way.some((name) => skippedFolders.has(name))) {
      return;
    }
    const found = await stat(uri.fsPath).catch(() => undefined);
    if (found?.isDirectory()) {
      this.searchFolders.request();
    }
  }

  /** Whether a project's database or migrations were there. */
  private held({ fsPath }: vscode.Uri): boolean {
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
