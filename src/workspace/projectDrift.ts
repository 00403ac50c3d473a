import type { CancellationToken, Event } from 'vscode-jsonrpc/node';
import type { MarkResult, AppliedSource, SchemaComparison, MissingFiles } from '../core/drift';
import { errorInfo } from '../core/errors';
import type { Rehearsal } from '../core/rehearsal/rehearsal';
import type { Goal } from '../core/run/runRequest';
import type { NewMigrationResult, RestoredMigration } from '../migrator/protocol';
import { type Migrator, type ProjectOptions, trialOptions } from './projectOptions';
import type { ProjectState } from './projectState';
import { Coalescer } from './timing';

/** What is needed of a project to find out about its drift. */
interface Host {
  readonly state: ProjectState;
  readonly onDidChangeFiles: Event<void>;
  refresh(): Promise<void>;
}

interface HostActions {
  show(missingFiles: MissingFiles | undefined): void;
  /** See `Project.isRunning`. */
  occupied<T>(work: (token: CancellationToken) => Promise<T>): Promise<T>;
}

/** Where a project's files and its database do not agree, and what can be done about it. */
export class ProjectDrift {
  /** The missing files that the last search was about. */
  private sought = '';
  private readonly searches = new Coalescer(() => this.search());

  constructor(
    private readonly project: Host,
    private readonly migrator: Migrator,
    private readonly options: ProjectOptions,
    private readonly actions: HostActions,
  ) {
    project.onDidChangeFiles(() => (this.sought = ''));
  }

  /** To be called after each look: searches for the files that are missing, when others are. */
  follow(): void {
    const missing = (this.project.state.status?.history ?? [])
      .filter(({ file }) => file === 'missing')
      .map(({ migration }) => migration.version)
      .join('\n');
    if (missing === '') {
      this.sought = '';
      if (this.project.state.missingFiles) {
        this.actions.show(undefined);
      }
    } else if (missing !== this.sought && this.options.isTrusted()) {
      this.sought = missing;
      void this.searches.request();
    }
  }

  /** @param version as the history records it. @throws LockstepError `drift.over` */
  readAppliedSource(version: string): Promise<AppliedSource> {
    return this.migrator.ran({ target: this.target, version });
  }

  /**
   * Makes the text of an edited file the accepted one.
   * @param checksum of the text that the person has seen
   * @throws LockstepError `drift.over`, `log.unwritable`
   */
  async accept(version: string, checksum: string): Promise<void> {
    const { target } = this;
    const { owner } = this.options.runOptions(target.database);
    await this.migrator.acceptEdited({ target, version, checksum, owner });
    await this.project.refresh();
  }

  /**
   * Tries on a copy to roll back and then to apply again.
   * @throws LockstepError `run.cancelled`, or what is wrong with the target itself
   */
  tryAgain(down: Goal, up: Goal, token?: CancellationToken): Promise<Rehearsal> {
    const { target } = this;
    const options = trialOptions(this.options.runOptions(target.database));
    const trusted = this.options.isTrusted();
    const ways = { direction: 'down', goal: down, again: up } as const;
    return this.migrator.preview({ target, ...options, trusted, ...ways }, token);
  }

  /** Creates a migration that brings the change of an edited one to databases that have it. */
  async followUp(version: string, name: string): Promise<NewMigrationResult> {
    const { target } = this;
    const created = await this.migrator.newMigration({ target, name, followsUp: version });
    void this.project.refresh();
    return created;
  }

  /** Writes the file of an applied migration that is not here. */
  async restoreFile(version: string): Promise<RestoredMigration> {
    const restored = await this.migrator.restoreFile({ target: this.target, version });
    await this.project.refresh();
    return restored;
  }

  /** Compares the database's schema with the one that its migrations make, up to the goal. */
  compareSchema(goal: Goal, token?: CancellationToken): Promise<SchemaComparison> {
    const { target } = this;
    const options = trialOptions(this.options.runOptions(target.database));
    const trusted = this.options.isTrusted();
    return this.migrator.compareSchema({ target, goal, ...options, trusted }, token);
  }

  /**
   * Records pending migrations as applied without running them; resolves with how that ended.
   * To be called only while nothing runs.
   */
  async markApplied(versions: readonly string[]): Promise<MarkResult> {
    const startedAt = Date.now();
    const { target } = this;
    const { owner, engine, wait } = this.options.runOptions(target.database);
    const request = { target, versions, owner, engine, wait };
    const result = await this.actions
      .occupied((token) => this.migrator.markApplied(request, token))
      .catch((error: unknown): MarkResult => {
        const ms = Date.now() - startedAt;
        return { outcome: 'failed', marked: [], alreadyApplied: [], error: errorInfo(error), ms };
      });
    await this.project.refresh();
    return result;
  }

  private get target(): ProjectState['target'] {
    return this.project.state.target;
  }

  private async search(): Promise<void> {
    try {
      this.actions.show(await this.migrator.locateMissingFiles(this.target));
    } catch {
      // What cannot be found is only not said; why the folder cannot be read is said by the look.
      this.sought = '';
    }
  }
}
