import * as vscode from 'vscode';
import { errorInfo } from '../../core/errors';
import type { MigrationRef } from '../../core/model';
import { describeError } from '../../messages/describeError';
import { Disposables } from '../../workspace/disposables';
import { Project } from '../../workspace/project';
import type { ProjectRegistry } from '../../workspace/projectRegistry';
import { driftActions } from '../drift/driftCommands';
import { DriftDocuments } from '../drift/driftDocuments';
import { explainLint } from '../editor/checkDiagnostics';
import type { Log } from '../log';
import { showStatusMessage, notify } from '../notify';
import { openPlace } from '../openPlace';
import type { TreeNode } from '../presentation/treeNode';
import type { PreviewSubject } from '../preview/preview';
import type { Previews } from '../preview/previews';
import { t } from '../translate';
import { breakLock, showLockHolder } from './lockCommands';
import { migrate, migrateUpTo, resolveInterrupted } from './migrate';
import { newMigration } from './newMigration';
import { pickProject } from './pick';
import { preview } from './previewCommand';
import { restoreBackup } from './restoreBackup';
import { rollBackLast, rollBackPreviewed, rollBackTo } from './rollBack';
import { Runner } from './runner';
import { showActions } from './showActions';

/** What views pass to a command: at least the project. */
type CommandArgument = Partial<Pick<TreeNode, 'project' | 'migration' | 'opens' | 'unpaired'>> & {
  readonly previewed?: PreviewSubject;
};

interface Command {
  /** Whether it changes something, so that it needs the workspace to be trusted. */
  readonly writes?: boolean;
  /** @param raw the argument as it was passed, unchecked */
  run(argument: CommandArgument, raw?: unknown): unknown;
}

/** Registers every command of the manifest. */
export function registerCommands(
  registry: ProjectRegistry,
  log: Log,
  previews: Previews,
  tree: { showAllOf(project: Project): void },
): vscode.Disposable {
  const runner = new Runner(log);
  const context = { previews, runner };
  /** A command about one project, which the person picks where no view gave it. */
  const forProject =
    (action: (project: Project, migration?: MigrationRef) => unknown) =>
    async ({ project, migration }: CommandArgument): Promise<void> => {
      const chosen = project ?? (await pickProject(registry));
      if (chosen) {
        await action(chosen, migration);
      }
    };
  const disposables = new Disposables();
  const documents = disposables.add(new DriftDocuments());
  const drift = driftActions(documents, context, log);
  const allForProject = (
    actions: typeof drift.reads,
    more: Partial<Command>,
  ): Record<string, Command> =>
    Object.fromEntries(
      Object.entries(actions).map(([name, action]) => [name, { ...more, run: forProject(action) }]),
    );
  const commands: Record<string, Command> = {
    ...allForProject(drift.reads, {}),
    ...allForProject(drift.writes, { writes: true }),
    migrate: { writes: true, run: forProject((project) => migrate(project, runner)) },
    migrateUpTo: { writes: true, run: forProject((project) => migrateUpTo(project, runner)) },
    migrateToHere: {
      writes: true,
      run: forProject((project, migration) => migrateUpTo(project, runner, migration)),
    },
    preview: { run: forProject((project, migration) => preview(project, context, migration)) },
    previewToHere: {
      run: forProject((project, migration) => preview(project, context, migration)),
    },
    runPreviewed: {
      writes: true,
      run: ({ previewed }) =>
        previewed?.direction === 'down'
          ? rollBackPreviewed(previewed, context)
          : previewed && runner.run(previewed.project, 'up', previewed.goal),
    },
    rollBackLast: { writes: true, run: forProject((project) => rollBackLast(project, context)) },
    rollBackTo: { writes: true, run: forProject((project) => rollBackTo(project, context)) },
    rollBackToHere: {
      writes: true,
      run: forProject((project, migration) => rollBackTo(project, context, migration)),
    },
    cancel: {
      run: ({ project }) =>
        (project ? [project] : registry.projects).forEach((each) => each.cancel()),
    },
    newMigration: {
      writes: true,
      run: ({ project, unpaired }) => newMigration(registry, project, unpaired),
    },
    showLockHolder: { run: forProject(showLockHolder) },
    breakLock: { writes: true, run: forProject(breakLock) },
    resolveInterrupted: {
      writes: true,
      run: forProject((project) => resolveInterrupted(project, runner)),
    },
    retryInterrupted: {
      writes: true,
      run: forProject((project) => resolveInterrupted(project, runner, 'retry')),
    },
    markInterruptedApplied: {
      writes: true,
      run: forProject((project) => resolveInterrupted(project, runner, 'markApplied')),
    },
    restoreBackup: { writes: true, run: forProject((project) => restoreBackup(project, runner)) },
    refresh: { run: () => registry.rediscover() },
    showActions: { run: forProject(showActions) },
    showAll: { run: ({ project }) => project && tree.showAllOf(project) },
    openMigration: { run: ({ opens }) => opens && openPlace(opens) },
    explainLint: { run: (_argument, rule) => explainLint(rule) },
    showLog: { run: () => log.show() },
    openSettings: {
      run: () =>
        vscode.commands.executeCommand('workbench.action.openSettings', '@ext:lockstep.lockstep'),
    },
  };
  for (const [name, command] of Object.entries(commands)) {
    disposables.add(
      vscode.commands.registerCommand(`lockstep.${name}`, (raw?: unknown) => {
        const closed = closedProject(raw, registry);
        return closed
          ? showStatusMessage(
              t('{database} is not in this window any more', { database: closed.name }),
            )
          : runCommand(command, resolveArgument(raw, registry, previews, documents), raw, log);
      }),
    );
  }
  return disposables;
}

/**
 * The project that was meant and is no longer in this window: a list or a message can be answered
 * late, and then no other project is meant.
 */
function closedProject(raw: unknown, registry: ProjectRegistry): Project | undefined {
  const { project } = (raw ?? {}) as CommandArgument;
  return project instanceof Project && !currentProject(project, registry) ? project : undefined;
}

/** A project that was closed and found again is another object with the same key. */
function currentProject({ key }: Project, { projects }: ProjectRegistry): Project | undefined {
  return projects.find((project) => project.key === key);
}

/** Commands can be called by anybody with anything, also where the palette does not offer them. */
function resolveArgument(
  raw: unknown,
  registry: ProjectRegistry,
  previews: Previews,
  documents: DriftDocuments,
): CommandArgument {
  if (raw instanceof vscode.Uri) {
    // A text can be shown for longer than its project is in this window.
    const isOpen = (of: CommandArgument | undefined): boolean =>
      of?.project !== undefined && registry.projects.includes(of.project);
    const compared = documents.subjectOf(raw);
    const previewed = previews.subjectOf(raw);
    return {
      ...(isOpen(compared) ? compared : appliedFile(registry, raw)),
      previewed: isOpen(previewed) ? previewed : undefined,
    };
  }
  const { project, migration, opens, unpaired } = (raw ?? {}) as CommandArgument;
  const current = project && currentProject(project, registry);
  if (current) {
    return { project: current, migration, opens };
  }
  return unpaired && registry.search.found?.unpaired.includes(unpaired) ? { unpaired } : {};
}

/** The applied migration that an editor shows; where several databases have it, one that has it edited. */
function appliedFile(registry: ProjectRegistry, { scheme, fsPath }: vscode.Uri): CommandArgument {
  const projects = scheme === 'file' ? registry.projectsOf(fsPath) : [];
  const applied = projects.flatMap((project) => {
    const role = project.roleOf(fsPath);
    return role?.kind === 'applied' ? [{ project, ...role.entry }] : [];
  });
  const { project, migration } = applied.find(({ file }) => file === 'edited') ?? applied[0] ?? {};
  return { project, migration };
}

/** Runs a command; what goes wrong is shown as a sentence, never as a stack. */
async function runCommand(
  command: Command,
  argument: CommandArgument,
  raw: unknown,
  log: Log,
): Promise<void> {
  if (command.writes && !vscode.workspace.isTrusted) {
    return notify('warning', describeError({ code: 'target.untrusted', params: {} }, t), {
      title: t('Manage Workspace Trust'),
      run: () => vscode.commands.executeCommand('workbench.trust.manage'),
    });
  }
  try {
    await command.run(argument, raw);
  } catch (error) {
    const info = errorInfo(error);
    const sentence = describeError(info, t);
    log.writeLine('Lockstep', { level: 'error', ...sentence });
    if (info.code === 'internal') {
      log.write('debug', String(info.params.stack));
    }
    notify('error', sentence, { title: t('Show Log'), run: () => log.show() });
  }
}

/** Sets what the manifest's `when` and `enablement` clauses go by. */
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
