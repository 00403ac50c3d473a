import type { Connection } from '../../core/connection';
import { LockstepError } from '../../core/errors';
import { HistoryStore, type HistoryTable } from '../../core/history/historyTable';
import type { Migration, Plan } from '../../core/model';
import { type PlanRequest, planRun } from '../../core/plan/plan';
import type { CopyInfo } from '../../core/rehearsal/rehearsal';
import type { RehearsalEnvironment, RehearsalReport } from '../../core/rehearsal/rehearsalJob';
import { rehearse } from '../../core/rehearsal/rehearse';
import type { Engine, LookResult, OpenSnapshot } from '../../sqlite/engine';
import { FileRunLog, Sidecar } from '../sidecar';
import type { ThreadControl } from '../threadProtocol';
import type { MigrationReader } from './migrationReader';

/** What lives as long as a database thread. */
export interface ThreadContext {
  readonly engine: Engine;
  readonly control: ThreadControl;
  readonly reader: MigrationReader;
  /** By canonical path; kept so that a log is not read again from its start. */
  readonly logs: Map<string, FileRunLog>;
  readonly plans: PlanMemo;
  /** What is kept between two checks of a text. */
  check?: CheckState;
}

/** The run log of a database. */
export function runLogOf(context: ThreadContext, path: string): FileRunLog {
  let log = context.logs.get(path);
  if (!log) {
    log = new FileRunLog(new Sidecar(path));
    context.logs.set(path, log);
  }
  return log;
}

/** The recorded versions, read without a lock. A database that is missing or empty has none. */
export function readHistory(
  path: string,
  table: HistoryTable,
  { engine }: ThreadContext,
): LookResult<string[]> {
  const look = engine.look(path, (connection: Connection) =>
    new HistoryStore(connection, table).versions(),
  );
  return look.state === 'missing' || look.state === 'empty' ? { ...look, value: [] } : look;
}

/**
 * Remembers what was planned for each database: mostly all is as it was, and comparing the
 * checksums of a thousand migrations takes its time.
 */
export class PlanMemo {
  /** By the migrations, so that their texts are not kept longer than their reader keeps them. */
  private readonly plans = new WeakMap<PlanRequest['migrations'], Map<string, PlannedRun>>();

  /**
   * As `planRun`. Folders and logs count as the same only where they are the same objects, which their
   * readers give as long as nothing has changed.
   * @param path canonical path of the database
   */
  public plan(path: string, asked: PlanRequest): Plan {
    const plans = this.plans.get(asked.migrations) ?? new Map<string, PlannedRun>();
    const last = plans.get(path);
    if (last && isSameRequest(last.asked, asked)) {
      return last.plan;
    }
    const plan = planRun(asked);
    this.plans.set(asked.migrations, plans.set(path, { asked, plan }));
    return plan;
  }
}

interface PlannedRun {
  readonly asked: PlanRequest;
  readonly plan: Plan;
}

function isSameRequest(a: PlanRequest, b: PlanRequest): boolean {
  return (
    a.format === b.format &&
    a.migrations === b.migrations &&
    a.log === b.log &&
    a.direction === b.direction &&
    JSON.stringify([a.goal, a.intended]) === JSON.stringify([b.goal, b.intended]) &&
    a.applied.length === b.applied.length &&
    a.applied.every((version, index) => version === b.applied[index])
  );
}

/** A database as it is before a certain migration runs. */
interface ReadyState {
  readonly content: Uint8Array;
  /** What had to run for it and does not work; the content is from before it then. */
  readonly blocking?: RehearsalReport;
}

type CheckEnvironment = Omit<RehearsalEnvironment, 'factory'>;

/**
 * The copy of one database, and the state before the migration that is being written, kept between
 * keystrokes: then each costs that migration only.
 */
export class CheckState {
  private ready: { readonly before: readonly Migration[]; readonly state: ReadyState } | undefined;
  private versions: readonly string[] | undefined;

  /**
   * @param stamp names the database's content; another stamp, another content
   * @param copy what the database was copied to
   */
  constructor(
    private readonly engine: Engine,
    public readonly path: string,
    public readonly stamp: string,
    public readonly kind: CopyInfo['kind'],
    private readonly copy: Uint8Array | undefined,
  ) {}

  /** What the history of the copy records. */
  public applied(historyTable: HistoryTable): readonly string[] {
    this.versions ??= this.withCopy(this.copy, (copy) => {
      const connection = copy.open({ foreignKeys: false });
      try {
        return new HistoryStore(connection, historyTable).versions();
      } finally {
        connection.close();
      }
    });
    return this.versions;
  }

  /** The database after these pending migrations. */
  public async after(
    before: readonly Migration[],
    environment: CheckEnvironment,
  ): Promise<ReadyState> {
    if (!this.ready || !areSameMigrations(this.ready.before, before)) {
      this.ready = { before, state: await this.prepare(before, environment) };
    }
    return this.ready.state;
  }

  /** Opens content to work on; it stays as it is. */
  public open(content: Uint8Array | undefined): OpenSnapshot {
    return this.engine.openSnapshot(this.path, content?.slice(), undefined);
  }

  private async prepare(
    before: readonly Migration[],
    environment: CheckEnvironment,
  ): Promise<ReadyState> {
    const content = this.copy ?? new Uint8Array();
    if (before.length === 0) {
      return { content };
    }
    const copy = this.open(content);
    try {
      const report = await rehearse(
        {
          direction: 'up',
          goal: { kind: 'steps', steps: before.length },
          intended: before.map(({ version }) => version),
          transaction: 'each',
          detail: 'run',
          rows: this.kind !== 'schema',
          definite: false,
        },
        { ...environment, factory: copy },
      );
      const works = report.verdict === 'works' || report.verdict === 'schemaOnly';
      return works ? { content: copy.content() } : { content, blocking: report };
    } finally {
      copy.close();
    }
  }

  private withCopy<T>(content: Uint8Array | undefined, read: (copy: OpenSnapshot) => T): T {
    const copy = this.open(content);
    try {
      return read(copy);
    } catch (error) {
      if (error instanceof LockstepError) {
        throw error;
      }
      throw new LockstepError('rehearsal.cannot', {
        reason: 'crash',
        detail: (error as Error).message,
      });
    } finally {
      copy.close();
    }
  }
}

/** Texts that were not read anew are the same object, so that this costs next to nothing. */
function areSameMigrations(a: readonly Migration[], b: readonly Migration[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ id, version, up }, i) => {
      const other = b[i];
      return id === other.id && version === other.version && up.text === other.up.text;
    })
  );
}
