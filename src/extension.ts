import * as vscode from 'vscode';
import { join } from 'node:path';
import type { Owner } from './core/model';
import { MigratorClient } from './migrator/client';
import { ContextKeys, registerCommands } from './ui/commands/registerCommands';
import { DatabasesTree } from './ui/databasesTree';
import { EditorViews } from './ui/editor/editorViews';
import { Log, RunLog } from './ui/log';
import { Previews } from './ui/preview/previews';
import { StatusBar } from './ui/statusBar';
import type { Project } from './workspace/project';
import { ProjectRegistry } from './workspace/projectRegistry';
import { Settings } from './workspace/settings';
import { WorkspaceWatcher } from './workspace/watchers';

/** Puts the parts together; the workspace is searched once VS Code has done the rest of its work. */
export function activate(context: vscode.ExtensionContext): void {
  const keep = <T extends vscode.Disposable>(part: T): T => {
    context.subscriptions.push(part);
    return part;
  };

  // The model: what databases there are, and what is known about each.
  const log = keep(new Log());
  const settings = new Settings();
  const client = keep(
    new MigratorClient({
      modulePath: join(context.extensionPath, 'dist', 'migrator.js'),
      log: log.write,
    }),
  );
  const registry = keep(
    new ProjectRegistry(client, {
      discoverRequest: () => settings.discoverRequest,
      runOptions: (database) => ({
        owner: ownerOf(context),
        engine: settings.engine(database),
        wait: settings.wait(database),
        transaction: settings.transaction(database),
        fileAccess: settings.fileAccess,
        backup: settings.backup(database),
        rehearse: settings.rehearse(database),
      }),
      isTrusted: () => vscode.workspace.isTrusted,
    }),
  );

  // Commands come first: whatever fails below, they are there and say so.
  const previews = keep(new Previews());
  const lists = { showAllOf: (project: Project) => tree.showAllOf(project) };
  keep(registerCommands(registry, log, previews, lists));

  // The views: each shows the model and nothing else.
  const tree = keep(new DatabasesTree(registry, settings));
  keep(new StatusBar(registry));
  keep(new ContextKeys(registry));
  keep(new EditorViews(registry, settings));
  keep(new RunLog(registry, log));

  // What keeps the model in step with files, settings and trust.
  keep(new WorkspaceWatcher(registry));
  setImmediate(() => void registry.rediscover());
}

/** Who this window is on the cards of its locks. */
function ownerOf({ extension }: vscode.ExtensionContext): Owner {
  const { version } = extension.packageJSON as { version: string };
  return { kind: 'window', workspace: vscode.workspace.name, version };
}
