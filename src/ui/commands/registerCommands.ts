import * as vscode from 'vscode';
import { errorInfo } from '../../core/errors';
import type { MigrationRef } from '../../core/model';
import { describeError } from '../../messages/describeError';
import { Project } from '../../workspace/project';
import type { ProjectRegistry } from '../../workspace/projectRegistry';
import { Disposables } from '../../workspace/timing';
import { driftActions } from '../drift/driftCommands';
import { DriftDocuments } from '../drift/driftDocuments';
import { explainLint } from '../editor/checkDiagnostics';
import type { Log } from '../log';
import { showStatusMessage, notify } from '../notify';
import { openPlace } from '../openPlace';
import type { PreviewSubject } from '../preview/preview';
import type { Previews } from '../preview/previews';
import { t } from '../translate';
import type { TreeNode } from '../tree/treeNode';
import { breakLock, showLockHolder } from './lockCommands';
import { migrate, migrateUpTo, resolveInterrupted } from './migrate';
import { newMigration } from './newMigration';
import { pickProject } from './pick';
import { preview } from './previewCommand';
import { restoreBackup } from './restoreBackup';
import { rollBackLast, rollBackPreviewed, rollBackTo } from './rollBack';
import { Runner } from './runner';
import { showActions } from './showActions';

/** What a command is given by a view: at least the project. */
type Subject = Partial<Pick<TreeNode, 'project' | 'migration' | 'opens' | 'unpaired'>> & {
  readonly previewed?: PreviewSubject;
};

interface Command {
  /** Whether it changes something, so that it needs the workspace to be trusted. */
  readonly writes?: boolean;
  /** @param argument as it was given: only what can check it may use it */
  run(subject: Subject, argument?: unknown): unknown;
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
  const on =
    (action: (project: Project, migration?: MigrationRef) => unknown) =>
    async ({ project, migration }: Subject): Promise<void> => {
      const chosen = project ?? (await pickProject(registry));
      if (chosen) {
        await action(chosen, migration);
      }
    };
  const disposables = new Disposables();
  const documents = disposables.add(new DriftDocuments());
  const drift = driftActions(documents, context, log);
  const onEach = (actions: typeof drift.reads, more: Partial<Command>): Record<string, Command> =>
    Object.fromEntries(
      Object.entries(actions).map(([name, action]) => [name, { ...more, run: on(action) }]),
    );
  const commands: Record<string, Command> = {
    ...onEach(drift.reads, {}),
    ...onEach(drift.writes, { writes: true }),
    migrate: { writes: true, run: on((project) => migrate(project, runner)) },
    migrateUpTo: { writes: true, run: on((project) => migrateUpTo(project, runner)) },
    migrateToHere: {
      writes: true,
      run: on((project, migration) => migrateUpTo(project, runner, migration)),
    },
    preview: { run: on((project, migration) => preview(project, context, migration)) },
    previewToHere: {
      run: on((project, migration) => preview(project, context, migration)),
    },
    runPreviewed: {
      writes: true,
      run: ({ previewed }) =>
        previewed?.direction === 'down'
          ? rollBackPreviewed(previewed, context)
          : previewed && runner.run(previewed.project, 'up', previewed.goal),
    },
    rollBackLast: { writes: true, run: on((project) => rollBackLast(project, context)) },
    rollBackTo: { writes: true, run: on((project) => rollBackTo(project, context)) },
    rollBackToHere: {
      writes: true,
      run: on((project, migration) => rollBackTo(project, context, migration)),
    },
    cancel: {
      run: ({ project }) =>
        (project ? [project] : registry.projects).forEach((each) => each.cancel()),
    },
    newMigration: {
      writes: true,
      run: ({ project, unpaired }) => newMigration(registry, project, unpaired),
    },
    showLockHolder: { run: on(showLockHolder) },
    breakLock: { writes: true, run: on(breakLock) },
    resolveInterrupted: { writes: true, run: on((project) => resolveInterrupted(project, runner)) },
    retryInterrupted: {
      writes: true,
      run: on((project) => resolveInterrupted(project, runner, 'retry')),
    },
    markInterruptedApplied: {
      writes: true,
      run: on((project) => resolveInterrupted(project, runner, 'markApplied')),
    },
    restoreBackup: { writes: true, run: on((project) => restoreBackup(project, runner)) },
    refresh: { run: () => registry.rediscover() },
    showActions: { run: on(showActions) },
    showAll: { run: ({ project }) => project && tree.showAllOf(project) },
    openMigration: { run: ({ opens }) => opens && openPlace(opens) },
    explainLint: { run: (_subject, rule) => explainLint(rule) },
    showLog: { run: () => log.show() },
    openSettings: {
      run: () =>
        vscode.commands.executeCommand('workbench.action.openSettings', '@ext:lockstep.lockstep'),
    },
  };
  for (const [name, command] of Object.entries(commands)) {
    disposables.add(
      vscode.commands.registerCommand(`lockstep.${name}`, (argument?: unknown) => {
        const gone = goneOf(argument, registry);
        return gone
          ? showStatusMessage(
              t('{database} is not in this window any more', { database: gone.name }),
            )
          : guarded(command, subjectOf(argument, registry, previews, documents), argument, log);
      }),
    );
  }
  return disposables;
}

/**
 * The project that was meant and is none of the window's any more: a list or a message can be
 * answered late, and then no other one is meant.
 */
function goneOf(argument: unknown, registry: ProjectRegistry): Project | undefined {
  const { project } = (argument ?? {}) as Subject;
  return project instanceof Project && !sameOf(project, registry) ? project : undefined;
}

/** A project that went and came back is another object. */
function sameOf({ key }: Project, { projects }: ProjectRegistry): Project | undefined {
  return projects.find((project) => project.key === key);
}

/** Commands can be called by anybody with anything, also where the palette does not offer them. */
function subjectOf(
  argument: unknown,
  registry: ProjectRegistry,
  previews: Previews,
  documents: DriftDocuments,
): Subject {
  if (argument instanceof vscode.Uri) {
    // A text can be shown for longer than its project is in this window.
    const isHere = (of: Subject | undefined): boolean =>
      of?.project !== undefined && registry.projects.includes(of.project);
    const compared = documents.subjectOf(argument);
    const previewed = previews.subjectOf(argument);
    return {
      ...(isHere(compared) ? compared : appliedFile(registry, argument)),
      previewed: isHere(previewed) ? previewed : undefined,
    };
  }
  const { project, migration, opens, unpaired } = (argument ?? {}) as Subject;
  const here = project && sameOf(project, registry);
  if (here) {
    return { project: here, migration, opens };
  }
  return unpaired && registry.search.found?.unpaired.includes(unpaired) ? { unpaired } : {};
}

/** An editor shows the file of a migration that was applied; to several databases, not to all alike. */
function appliedFile(registry: ProjectRegistry, { scheme, fsPath }: vscode.Uri): Subject {
  const projects = scheme === 'file' ? registry.projectsOf(fsPath) : [];
  const applied = projects.flatMap((project) => {
    const place = project.place(fsPath);
    return place?.kind === 'applied' ? [{ project, ...place.entry }] : [];
  });
  const { project, migration } = applied.find(({ file }) => file === 'edited') ?? applied[0] ?? {};
  return { project, migration };
}

/** Runs a command; what goes wrong is said, never thrown at the person as a stack. */
async function guarded(
  command: Command,
  subject: Subject,
  argument: unknown,
  log: Log,
): Promise<void> {
  if (command.writes && !vscode.workspace.isTrusted) {
    return notify('warning', describeError({ code: 'target.untrusted', params: {} }, t), {
      title: t('Manage Workspace Trust'),
      run: () => vscode.commands.executeCommand('workbench.trust.manage'),
    });
  }
  try {
    await command.run(subject, argument);
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
