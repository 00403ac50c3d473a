import { Emitter } from 'vscode-jsonrpc/node';
import { isDeepStrictEqual } from 'node:util';
import { type Disposable, Disposables } from './disposables';
import type { Project } from './project';
import type { ProjectRegistry } from './projectRegistry';

/**
 * Numbers the states of projects as views of files see them: another one when migrations, databases
 * or the text of a migration have changed; not at each step of a run, nor when only the lock has.
 */
export class ProjectRevisions {
  private readonly disposables = new Disposables();
  private readonly changed = this.disposables.add(new Emitter<void>());
  private readonly known = new Map<Project, Known>();
  private lastRevision = 0;

  readonly onDidChange = this.changed.event;

  constructor(private readonly registry: ProjectRegistry) {
    this.disposables.add(registry.onDidChange(() => this.update()));
    this.update();
  }

  /** Another number after each change. */
  of(project: Project): number {
    return this.known.get(project)?.revision ?? 0;
  }

  dispose(): void {
    this.disposables.dispose();
    this.known.forEach(({ files }) => files.dispose());
    this.known.clear();
  }

  private update(): void {
    const { projects } = this.registry;
    const closed = [...this.known].filter(([project]) => !projects.includes(project));
    for (const [project, { files }] of closed) {
      files.dispose();
      this.known.delete(project);
    }
    const changed = projects.filter((project) => this.hasChanged(project));
    if (closed.length > 0 || changed.length > 0) {
      this.changed.fire();
    }
  }

  private hasChanged(project: Project): boolean {
    const facts = factsOf(project);
    const known = this.known.get(project);
    if (known && isSame(known.facts, facts)) {
      this.known.set(project, { ...known, facts });
      return false;
    }
    const files = known?.files ?? project.onDidChangeFiles(() => this.filesChanged(project));
    this.known.set(project, { revision: ++this.lastRevision, facts, files });
    return true;
  }

  private filesChanged(project: Project): void {
    const known = this.known.get(project);
    if (known) {
      this.known.set(project, { ...known, revision: ++this.lastRevision });
      this.changed.fire();
    }
  }
}

interface Known {
  readonly revision: number;
  readonly facts: Facts;
  readonly files: Disposable;
}

type Facts = ReturnType<typeof factsOf>;

function factsOf({ state: { target, status }, isRunning }: Project) {
  return { target, status, isRunning };
}

/** While a run goes on there are many events and one status: then nothing is compared in depth. */
function isSame(a: Facts, b: Facts): boolean {
  return (
    a.isRunning === b.isRunning &&
    (a.target === b.target || isDeepStrictEqual(a.target, b.target)) &&
    (a.status === b.status || isDeepStrictEqual(relevant(a.status), relevant(b.status)))
  );
}

function relevant(status: Facts['status']): unknown {
  return (
    status && [
      status.history,
      status.pending,
      status.findings,
      status.format,
      status.look.state,
      status.error,
    ]
  );
}
