import { type Connection, type EngineInfo, SqliteError } from '../connection';
import { errorInfo, LockstepError } from '../errors';
import { HistoryStore } from '../history/historyTable';
import { type LogEntry, newLogEntry } from '../history/runLog';
import { type Finding, type Migration, migrationRef, type MigrationRef } from '../model';
import { ForeignKeyGraph } from './foreignKeys';
import type { PreparedStep } from './preparedStep';
import type { RunEnvironment, RunJob } from './runEnvironment';
import type { StepResult } from './runEvents';
import { beginOn, LockWaiter } from './waitForLock';

/** One run's connection and what has come of it so far. */
export class RunSession {
  public readonly done: StepResult[] = [];
  public readonly alreadyDone: MigrationRef[] = [];
  public readonly findings: Finding[] = [];
  public readonly waiter: LockWaiter;
  public interrupted: MigrationRef | undefined;
  /** The copy that was made before anything was changed. */
  public backup: string | undefined;
  public engine: EngineInfo | undefined;
  private steps: readonly PreparedStep[] = [];
  private connection: Connection | undefined;
  private graph: ForeignKeyGraph | undefined;
  private foreignKeys = false;
  private logFailed = false;

  constructor(
    public readonly job: RunJob,
    public readonly env: RunEnvironment,
  ) {
    this.waiter = new LockWaiter(job, env);
  }

  /** The open connection; `begin` or `open` come first. */
  public get open(): Connection {
    return this.connection!;
  }

  /**
   * Starts a write transaction, waiting for whoever has one. One that is open and has the wanted
   * foreign key setting is kept.
   */
  public begin({ foreignKeys }: { foreignKeys: boolean }): void {
    if (this.connection && this.foreignKeys !== foreignKeys) {
      this.abandon();
    }
    if (this.connection?.inTransaction) {
      return;
    }
    try {
      beginOn(
        () => this.connect(foreignKeys),
        () => this.abandon(),
        this.waiter,
      );
    } catch (error) {
      throw databaseError(error, this.env.factory.path);
    }
  }

  /** Opens a connection if there is none; no transaction. */
  public connect(foreignKeys: boolean): Connection {
    if (!this.connection) {
      try {
        this.connection = this.env.factory.open({ foreignKeys });
      } catch (error) {
        throw databaseError(error, this.env.factory.path);
      }
      this.foreignKeys = foreignKeys;
      const { engine: name, sqliteVersion } = this.connection;
      this.engine = { name, sqliteVersion };
    }
    return this.connection;
  }

  /** The history as the open transaction sees it. */
  public history(): HistoryStore {
    return new HistoryStore(this.open, this.env.format.historyTable);
  }

  /** The references of the database as the open transaction sees them. */
  public references(): ForeignKeyGraph {
    return (this.graph ??= new ForeignKeyGraph(this.open));
  }

  /** Commits; waits while readers keep the commit out. */
  public commit(): void {
    try {
      this.open.assertSameFile();
      this.env.control.committing(() => this.waiter.until(() => this.open.exec('COMMIT')));
    } catch (error) {
      throw databaseError(error, this.env.factory.path);
    }
  }

  /** Drops the connection and with it whatever its transaction did. */
  public abandon(): void {
    this.connection?.close();
    this.connection = undefined;
    this.graph = undefined;
  }

  public close(): void {
    this.abandon();
  }

  public plan(steps: readonly PreparedStep[]): void {
    this.steps = steps;
    const { direction } = this.job;
    this.env.emit({ type: 'planned', direction, steps: steps.map(({ ref }) => ref) });
  }

  /** Makes a copy to go back to, while the transaction that read the history keeps writers out. */
  public async backUp([first]: readonly PreparedStep[]): Promise<void> {
    if (first) {
      this.backup = await this.env.backUp?.(this.open, first.ref);
    }
  }

  public find(finding: Finding): void {
    this.findings.push(finding);
    this.env.emit({ type: 'finding', finding });
  }

  public started({ direction, ref }: PreparedStep, index: number): void {
    const steps = this.steps.length;
    this.env.emit({ type: 'stepStarted', direction, migration: ref, step: index + 1, steps });
  }

  /** Says that steps are applied; only after their COMMIT. */
  public applied(
    steps: readonly { step: PreparedStep; index: number; result: StepResult }[],
  ): void {
    this.log(steps.map(({ step, result }) => this.logEntry(step, result)));
    for (const { index, result } of steps) {
      this.done.push(result);
      this.env.emit({ type: 'stepDone', done: result, step: index + 1, steps: this.steps.length });
    }
  }

  public already(migration: MigrationRef | Migration): void {
    const ref = 'up' in migration ? migrationRef(migration) : migration;
    if (!this.alreadyDone.some(({ id }) => id === ref.id)) {
      this.alreadyDone.push(ref);
      const holder = this.env.log.read().get(ref.version)?.holder ?? this.env.otherHolder();
      this.env.emit({ type: 'alreadyDone', migration: ref, holder });
    }
  }

  /** Notes that a step failed or was cancelled; gives back the error to throw. */
  public failed({ ref }: PreparedStep, error: unknown): unknown {
    const info = errorInfo(error);
    if (info.code === 'run.cancelled') {
      this.interrupted = ref;
    } else {
      this.env.emit({ type: 'stepFailed', migration: ref, error: info });
    }
    return error;
  }

  public throwIfCancelled(): void {
    if (this.env.control.cancelled) {
      throw new LockstepError('run.cancelled');
    }
  }

  /** What was planned and is neither done nor found done. */
  public remaining(): MigrationRef[] {
    const over = new Set([
      ...this.done.map(({ migration }) => migration.id),
      ...this.alreadyDone.map(({ id }) => id),
    ]);
    return this.steps.map(({ ref }) => ref).filter(({ id }) => !over.has(id));
  }

  /** The log is detail: when it cannot be written the run goes on, and says so once. */
  private log(entries: readonly LogEntry[]): void {
    if (this.logFailed) {
      return;
    }
    try {
      this.env.log.append(entries);
    } catch (error) {
      this.logFailed = true;
      const { message } = error as Error;
      this.find({ code: 'logUnwritable', severity: 'warning', params: { message } });
    }
  }

  private logEntry(step: PreparedStep, { ms, rows }: StepResult): LogEntry {
    const { engine, job } = this;
    const { migration } = step.step;
    return newLogEntry(
      // The version as it is recorded, which is what the log is asked for.
      { direction: step.direction, migration: { ...migration, version: step.version } },
      {
        run: job.id,
        at: new Date().toISOString(),
        ms,
        rows,
        engine: engine!.name,
        sqliteVersion: engine!.sqliteVersion,
        holder: job.owner,
      },
    );
  }
}

/** A refusal by SQLite that is about the file, not about anybody's SQL. */
export function databaseError(error: unknown, path: string): unknown {
  if (!(error instanceof SqliteError)) {
    return error;
  }
  if (error.code === 1032) {
    return new LockstepError('database.replaced', { path }); // READONLY_DBMOVED
  }
  const params = { path, message: error.message, sqliteCode: error.code };
  // Primary result codes: https://www.sqlite.org/rescode.html
  switch (error.code & 0xff) {
    case 8: // READONLY
    case 14: // CANTOPEN
    case 23: // AUTH
    case 3: // PERM
      return new LockstepError('database.readOnly', params);
    case 13: // FULL
      return new LockstepError('database.full', params);
    case 26: // NOTADB
      return new LockstepError('database.notADatabase', params);
    case 10: // IOERR
    case 11: // CORRUPT
      return new LockstepError('database.io', params);
    default:
      return error;
  }
}
