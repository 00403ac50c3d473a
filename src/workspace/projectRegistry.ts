import { Emitter } from 'vscode-jsonrpc/node';
import { type ErrorInfo, errorInfo } from '../core/errors';
import type { Target } from '../core/model';
import type { RunEvent } from '../core/run/runEvents';
import type { MigratorClient } from '../migrator/client';
import type {
  DiscoveredTarget,
  DiscoverRequest,
  Discovery,
  NewMigrationResult,
} from '../migrator/protocol';
import { Disposables } from './disposables';
import { Project } from './project';
import { projectKey, type ProjectOptions } from './projectOptions';
import { Coalescer } from './timing';

/** What the window decides: where to search, and how to run. */
interface WindowOptions extends ProjectOptions {
  discoverRequest(): DiscoverRequest;
}

interface Entry {
  readonly project: Project;
  readonly listeners: Disposables;
  /** Whether the database existed when it was last read. */
  existed?: boolean;
  /** Kept only because it runs. */
  orphaned?: boolean;
}

/** The last search of the workspace. */
export interface Search {
  /** Undefined until the first search is over. */
  readonly found?: Omit<Discovery, 'targets'>;
  readonly searching: boolean;
  readonly error?: ErrorInfo;
}

/** All projects of the window, kept in step with what searches of the workspace find. */
export class ProjectRegistry {
  private entries: readonly Entry[] = [];
  private lastSearch: Search = { searching: false };
  private readonly changed = new Emitter<Project | undefined>();
  private readonly runEvents = new Emitter<{ project: Project; event: RunEvent }>();
  private readonly searches = new Coalescer(() => this.searchNow());

  /** Fired with the project that changed, or with nothing when the list or the search did. */
  readonly onDidChange = this.changed.event;
  readonly onRunEvent = this.runEvents.event;

  constructor(
    private readonly migrator: MigratorClient,
    private readonly options: WindowOptions,
  ) {}

  get projects(): readonly Project[] {
    return this.entries.map(({ project }) => project);
  }

  /** The projects that a file is a migration of, or would be; several may share a folder. */
  projectsOf(file: string): readonly Project[] {
    return this.projects.filter((project) => project.roleOf(file) !== undefined);
  }

  get search(): Search {
    return this.lastSearch;
  }

  /** Searches the workspace again; resolves when every project found has been read. */
  async rediscover(): Promise<void> {
    await this.searches.request();
  }

  /** Creates the first migration of a database or folder that is no project yet. */
  async startMigrations(target: Target, name: string): Promise<NewMigrationResult> {
    const created = await this.migrator.ask('newMigration', { target, name });
    void this.rediscover();
    return created;
  }

  dispose(): void {
    this.entries.forEach(close);
    this.entries = [];
    this.changed.dispose();
    this.runEvents.dispose();
  }

  private async searchNow(): Promise<void> {
    this.setSearch({ ...this.lastSearch, searching: true });
    const request = this.options.discoverRequest();
    try {
      const { targets, ...found } = await this.discover(request);
      this.reconcile(targets);
      this.setSearch({ found, searching: false });
    } catch (error) {
      this.setSearch({ ...this.lastSearch, searching: false, error: errorInfo(error) });
    }
    await Promise.all(this.projects.map((project) => project.refresh()));
  }

  /** Starts no process where there is nowhere to search. */
  private async discover(request: DiscoverRequest): Promise<Discovery> {
    return request.roots.length === 0 && request.stated.length === 0
      ? { targets: [], unsupported: [], unpaired: [], incomplete: false }
      : this.migrator.ask('discover', request);
  }

  /** Keeps the projects that were found again, and those that are running whatever was found. */
  private reconcile(targets: readonly DiscoveredTarget[]): void {
    const known = new Map(this.entries.map((entry) => [entry.project.key, entry]));
    const found = new Map(targets.map((target) => [projectKey(target), target]));
    const lost = this.entries.filter(({ project }) => !found.has(project.key));
    lost.filter(({ project }) => !project.isRunning).forEach(close);
    const orphans = lost.filter(({ project }) => project.isRunning);
    this.entries = [
      ...[...found].map(([key, target]) => {
        const entry = known.get(key) ?? this.open(target);
        entry.project.setTarget(target);
        entry.orphaned = false;
        return entry;
      }),
      ...orphans.map((entry) => Object.assign(entry, { orphaned: true })),
    ];
  }

  private open(target: DiscoveredTarget): Entry {
    const project = new Project(this.migrator, this.options, target);
    const entry: Entry = { project, listeners: new Disposables() };
    entry.listeners.add(project.onDidChange(() => this.projectChanged(entry)));
    entry.listeners.add(project.onRunEvent((event) => this.runEvents.fire({ project, event })));
    return entry;
  }

  private projectChanged(entry: Entry): void {
    this.changed.fire(entry.project);
    if (this.isOutdated(entry)) {
      void this.rediscover();
    }
  }

  /** A database that was created or deleted is paired anew; an orphan is closed when its run has ended. */
  private isOutdated(entry: Entry): boolean {
    const { status } = entry.project.state;
    const existed = entry.existed;
    entry.existed = status ? status.look.state !== 'missing' : existed;
    const hasAppearedOrGone = existed !== undefined && existed !== entry.existed;
    return hasAppearedOrGone || (entry.orphaned === true && !entry.project.isRunning);
  }

  private setSearch(search: Search): void {
    this.lastSearch = search;
    this.changed.fire(undefined);
  }
}

function close({ project, listeners }: Entry): void {
  listeners.dispose();
  project.dispose();
}
