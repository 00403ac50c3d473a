import * as vscode from 'vscode';
import type { ProjectRegistry } from '../workspace/projectRegistry';

/** Tells the manifest's `when` and `enablement` clauses what is going on. */
export class ContextKeys {
  private readonly listener;
  private readonly values = new Map<string, boolean>();

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
    this.set(
      'lockstep.hasPending',
      projects.some(({ state }) => (state.status?.pending.length ?? 0) > 0),
    );
  }

  private set(key: string, value: boolean): void {
    if (this.values.get(key) !== value) {
      this.values.set(key, value);
      void vscode.commands.executeCommand('setContext', key, value);
    }
  }
}
