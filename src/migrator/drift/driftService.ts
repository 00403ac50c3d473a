import type { RanMigration } from '../../core/drift/ranMigration';
import { followUpNote } from '../../core/drift/followUpNote';
import type { SchemaComparison } from '../../core/drift/schemaComparison';
import type { Whereabouts } from '../../core/drift/whereabouts';
import type { Owner } from '../../core/holder';
import type { Target } from '../../core/target';
import { processIdentity } from '../../process/processIdentity';
import { chooseEngine } from '../../sqlite/chooseEngine';
import type { NewMigrationRequest } from '../newMigration';
import type { Rehearser } from '../rehearsal/rehearser';
import type { ThreadPool } from '../threadPool';
import type { AppliedAnswer, AppliedMigration } from './appliedOf';
import { compareSchema, type CompareRequest } from './compareSchema';
import { whereabouts } from './missingFiles';
import { restoreFile, type RestoredMigration } from './restoreFile';

/** What a migrator process does where files and databases do not agree. */
export class DriftService {
  constructor(
    private readonly pool: ThreadPool,
    private readonly rehearser: Rehearser,
  ) {}

  /** See `ranRequest`. @throws LockstepError `drift.over` */
  public async ran(migration: AppliedMigration): Promise<RanMigration> {
    return this.reader.call('ran', migration);
  }

  /** See `acceptEditedRequest`. @throws LockstepError `drift.over`, `log.unwritable` */
  public async acceptEdited(
    migration: AppliedMigration & { checksum: string; owner: Owner },
  ): Promise<void> {
    const { target, version, checksum, owner } = migration;
    const { pid, host } = processIdentity();
    const holder = { kind: owner.kind, workspace: owner.workspace, pid, host };
    await this.reader.call('accept', { target, version, checksum, holder });
  }

  /** See `whereaboutsRequest`. */
  public async whereabouts(target: Target): Promise<Whereabouts> {
    return whereabouts(target, await this.applied({ target }));
  }

  /** See `restoreFileRequest`. */
  public async restoreFile({ target, version }: AppliedMigration): Promise<RestoredMigration> {
    return restoreFile(target, version, await this.applied({ target, version }));
  }

  /** See `compareSchemaRequest`. */
  public async compareSchema(
    request: CompareRequest,
    signal?: AbortSignal,
  ): Promise<SchemaComparison> {
    return compareSchema(request, this.pool, this.rehearser, signal);
  }

  /** What a migration that follows up another begins with. */
  public async note({ target, followsUp }: NewMigrationRequest): Promise<string | undefined> {
    if (followsUp === undefined) {
      return undefined;
    }
    const { migration, ran, now } = await this.ran({ target, version: followsUp });
    return ran?.sql && now ? followUpNote(migration.id, ran.sql, now.sql) : undefined;
  }

  private applied(ask: { target: Target; version?: string }): Promise<AppliedAnswer> {
    return this.reader.call('applied', ask);
  }

  private get reader(): ReturnType<ThreadPool['looks']> {
    return this.pool.looks(chooseEngine('auto'));
  }
}
