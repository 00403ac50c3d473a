import { dirname } from 'node:path';
import * as vscode from 'vscode';
import { Debouncer } from './debouncer';
import { Disposables } from './disposables';
import type { Project } from './project';
import type { ProjectRegistry } from './projectRegistry';
import { ProjectWatcher } from './projectWatcher';
import { affectsDiscovery } from './settings';

/** Files whose coming or going can change which databases and migrations there are. */
const telling = '**/{*.sql,*.db,*.db3,*.sqlite,*.sqlite3,.env}';
const quietMs = 400;

/** Keeps the registry in step with files, folders, settings and trust; one watcher a project. */
export class WorkspaceWatcher {
  private readonly disposables = new Disposables();
  private readonly watchers = new Map<Project, ProjectWatcher>();
  private readonly search = this.disposables.add(
    new Debouncer(() => void this.registry.rediscover(), quietMs),
  );

  constructor(private readonly registry: ProjectRegistry) {
    const search = (): void => this.search.request();
    const files = this.disposables.add(vscode.workspace.createFileSystemWatcher(telling));
    files.onDidCreate((uri) => this.isNews(uri) && search());
    files.onDidDelete(search);
    files.onDidChange((uri) => uri.path.endsWith('/.env') && search());
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
    return !uri.path.endsWith('.sql') || !known.includes(dirname(uri.fsPath));
  }

  private refreshAll(): void {
    this.registry.projects.forEach((project) => void project.refresh());
  }
}
