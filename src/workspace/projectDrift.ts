import type { CancellationToken, Event } from 'vscode-jsonrpc/node';
import type { MarkResult, AppliedSource, SchemaComparison, MissingFiles } from '../core/drift';
import type { ErrorInfo } from '../core/errors';
import type { Rehearsal } from '../core/rehearsal/rehearsal';
import type { Goal } from '../core/model';
import type { MigratorClient } from '../migrator/client';
import type { NewMigrationResult, RestoredMigration } from '../migrator/protocol';
import { type ProjectOptions, rehearsalOptions } from './projectOptions';
import type { ProjectState } from './projectState';
import { Coalescer } from './timing';

/** What is needed of a project to find out about its drift. */
interface DriftHost {
  readonly project: {
    readonly state: ProjectState;
    readonly onDidChangeFiles: Event<void>;
    refresh(): Promise<void>;
  };
  showMissingFiles(found: MissingFiles | undefined): void;
  /** Marks, while nothing else may change the database from this window. */
  mark(
    work: (token: CancellationToken) => Promise<MarkResult>,
    failed: (error: ErrorInfo, ms: number) => MarkResult,
  ): Promise<MarkResult>;
}

/** Where a project's files and its database do not agree, and what can be done about it. */
export class ProjectDrift {
  /** The versions whose files were searched for last. */
  private located = '';
  private readonly searches = new Coalescer(() => this.locateMissingFiles());

  constructor(
    private readonly migrator: MigratorClient,
    private readonly options: ProjectOptions,
    private readonly host: DriftHost,
  ) {
    host.project.onDidChangeFiles(() => (this.located = ''));
  }

  /** To be called with each new status: where other files are missing than before, they are searched for. */
  statusChanged(): void {
    const { status, missingFiles } = this.host.project.state;
    const missing = (status?.history ?? [])
      .filter(({ file }) => file === 'missing')
      .map(({ migration }) => migration.version)
      .join('\n');
    if (missing === '') {
      this.located = '';
      if (missingFiles) {
        this.host.showMissingFiles(undefined);
      }
    } else if (missing !== this.located && this.options.isTrusted()) {
      this.located = missing;
      void this.searches.request();
    }
  }

  /** @param version as the history records it. @throws LockstepError `drift.over` */
  readAppliedSource(version: string): Promise<AppliedSource> {
    return this.migrator.ask('readAppliedSource', { target: this.target, version });
  }

  /**
   * Makes the text of an edited file the accepted one.
   * @param checksum of the text that the person has seen
   * @throws LockstepError `drift.over`, `log.unwritable`
   */
  async acceptEdited(version: string, checksum: string): Promise<void> {
    const { target } = this;
    const { owner } = this.options.runOptions(target.database);
    await this.migrator.ask('acceptEdited', { target, version, checksum, owner });
    await this.host.project.refresh();
  }

  /**
   * Tries on a copy to roll back and then to apply again.
   * @throws LockstepError `run.cancelled`, or what is wrong with the target itself
   */
  rehearseReapply(down: Goal, up: Goal, token?: CancellationToken): Promise<Rehearsal> {
    const { target } = this;
    const options = rehearsalOptions(this.options, target);
    const request = { target, ...options, direction: 'down', goal: down, again: up } as const;
    return this.migrator.ask('preview', request, { token });
  }

  /** Creates a migration that brings the change of an edited one to databases that have it. */
  async followUp(version: string, name: string): Promise<NewMigrationResult> {
    const { target } = this;
    const created = await this.migrator.ask('newMigration', { target, name, followsUp: version });
    void this.host.project.refresh();
    return created;
  }

  /** Writes the file of an applied migration that is not here. */
  async restoreFile(version: string): Promise<RestoredMigration> {
    const restored = await this.migrator.ask('restoreFile', { target: this.target, version });
    await this.host.project.refresh();
    return restored;
  }

  /** Compares the database's schema with the one that its migrations make, up to the goal. */
  compareSchema(goal: Goal, token?: CancellationToken): Promise<SchemaComparison> {
    const { target } = this;
    const request = { target, goal, ...rehearsalOptions(this.options, target) };
    return this.migrator.ask('compareSchema', request, { token });
  }

  /**
   * Records pending migrations as applied without running them; resolves with how that ended.
   * To be called only while nothing runs.
   */
  markApplied(versions: readonly string[]): Promise<MarkResult> {
    const { target } = this;
    const { owner, engine, wait } = this.options.runOptions(target.database);
    const request = { target, versions, owner, engine, wait };
    return this.host.mark(
      (token) => this.migrator.ask('markApplied', request, { token }),
      (error, ms) => ({ outcome: 'failed', marked: [], alreadyApplied: [], error, ms }),
    );
  }

  private get target(): ProjectState['target'] {
    return this.host.project.state.target;
  }

  private async locateMissingFiles(): Promise<void> {
    try {
      this.host.showMissingFiles(await this.migrator.ask('locateMissingFiles', this.target));
    } catch {
      // Files that cannot be found need no error; why a folder cannot be read is in the status.
      this.located = '';
    }
  }
}
