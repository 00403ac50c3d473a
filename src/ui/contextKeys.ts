import * as vscode from 'vscode';
import type { ProjectRegistry } from '../workspace/projectRegistry';

/** Tells the manifest's `when` and `enablement` clauses what is going on. */
export class ContextKeys {
  private readonly listener;
  private readonly values = new Map<string, string>();

  constructor(private readonly registry: ProjectRegistry) {
    this.listener = registry.onDidChange(() => this.update());
    this.update();
  }

  dispose(): void {
    this.listener.dispose();
  }

  private update(): void {
    const { projects, search } = this.registry;
    this.set('lockstep.searched', search.found !== undefined);
    this.set(
      'lockstep.running',
      projects.some((project) => project.isRunning),
    );
    this.set('lockstep.hasDatabases', projects.length > 0);
    // For `resourcePath in`, so that an editor's title offers what can be done.
    const edited = projects
      .flatMap(({ state }) => state.status?.history ?? [])
      .flatMap(({ file, migration }) => (file === 'edited' && migration.file) || []);
    this.set('lockstep.editedFiles', Object.fromEntries(edited.map((file) => [file, true])));
    this.set(
      'lockstep.hasPending',
      projects.some(({ state }) => (state.status?.pending.length ?? 0) > 0),
    );
  }

  private set(key: string, value: boolean | Readonly<Record<string, boolean>>): void {
    const text = JSON.stringify(value);
    if (this.values.get(key) !== text) {
      this.values.set(key, text);
      void vscode.commands.executeCommand('setContext', key, value);
    }
  }
}
