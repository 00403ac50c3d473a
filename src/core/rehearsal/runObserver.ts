import type { Connection } from '../connection';
import { type CannotReason, type ErrorInfo, LockstepError } from '../errors';
import { type SchemaObject, SchemaReader, sortedSchema } from '../schema/schema';
import type { TableChange } from '../schema/tableChanges';
import { ScriptLinter } from '../lint/linter';
import type { MigrationRef } from '../model';
import type { RunEvent } from '../run/runEvents';
import type { RunReport } from '../run/runMigrations';
import type { RehearsedStep, StepVerdict } from './rehearsal';
import type { RehearsalEnvironment, RehearsalJob, RehearsedStatement } from './rehearsalJob';
import { StepObserver } from './stepObserver';
import { KnownLinks } from './tables';
import type { StatementWatch, WatchedFactory } from './watchedConnection';

/** Follows a run on a copy: compares the schema and the tables before and after each step. */
export class RunObserver implements StatementWatch {
  private readonly reader: SchemaReader;
  private readonly links = new KnownLinks();
  private readonly done = new Map<number, Done>();
  private readonly schemaBefore: SchemaObject[];
  private planned: readonly MigrationRef[] = [];
  private current: Current | undefined;
  private together: readonly TableChange[] | undefined;
  private failed: { migration: MigrationRef; error: ErrorInfo } | undefined;
  private statements: RehearsedStatement[] = [];
  private failedRunning = false;
  /** Of each step that was begun, where each step is reported. */
  private readonly linters = new Map<number, ScriptLinter>();
  /** Of the current step: its text, and how far its statements have come. */
  private script: { readonly text: string; at: number } | undefined;

  constructor(
    private readonly factory: WatchedFactory,
    private readonly env: Pick<RehearsalEnvironment, 'format' | 'migrations' | 'beforeStatement'>,
    private readonly job: Pick<RehearsalJob, 'direction' | 'detail' | 'rows' | 'definite'>,
  ) {
    this.reader = new SchemaReader(env.format.historyTable.name);
    this.schemaBefore = factory.inspect((connection) =>
      sortedSchema(this.reader.read(connection).values()),
    );
    factory.watch = this;
  }

  public onEvent(event: RunEvent): void {
    switch (event.type) {
      case 'planned':
        this.planned = event.steps;
        break;
      case 'stepStarted':
        this.start(event.step - 1);
        break;
      case 'stepFailed':
        this.failed = event;
        break;
      default:
    }
  }

  public beforeStatement(connection: Connection, sql: string): void {
    if (this.current && !this.isOwnStatement(sql)) {
      const statement = { step: this.current.index, text: sql, start: this.startOf(sql) };
      // Of very many, the first ones and the last: data, most likely.
      this.statements[Math.min(this.statements.length, mostStatements)] = statement;
      this.current.observer.beforeStatement(connection, sql);
      this.env.beforeStatement?.(connection, statement);
      this.linters.get(this.current.index)?.before(connection, statement);
    }
  }

  public afterStatement(connection: Connection, sql: string): void {
    if (this.current && !this.isOwnStatement(sql)) {
      this.current.observer.afterStatement(connection, sql);
    }
  }

  public failedStatement(compiled: boolean): void {
    this.failedRunning = compiled;
  }

  /** @throws LockstepError `run.cancelled` */
  public end(report: RunReport): Observed {
    if (report.error?.code === 'run.cancelled') {
      throw new LockstepError('run.cancelled');
    }
    this.factory.watch = undefined;
    if (!report.error) {
      this.finish(true);
    }
    this.reader.forget();
    const ms = new Map(report.applied.map((step) => [step.migration.id, step.ms]));
    const fine = this.job.rows ? ('works' as const) : ('schemaOnly' as const);
    const failedAt = this.failedAt();
    const steps = this.planned.map((migration, index): RehearsedStep => {
      const done = index === failedAt ? undefined : this.done.get(index);
      const lint = this.linters.get(index)?.warnings() ?? [];
      const { direction } = this.job;
      const nothing = { schema: [], tables: [], ms: 0, ...(lint.length > 0 && { lint }) };
      const base = { migration, direction, ...nothing };
      if (done) {
        return { ...base, ...done, ms: ms.get(migration.id) ?? done.ms, verdict: { kind: fine } };
      }
      return {
        ...base,
        verdict:
          index === failedAt
            ? classifyFailure(this.failed?.error ?? report.error!, this.job)
            : { kind: 'notReached' },
      };
    });
    const failing = steps.find(({ verdict }) => verdict.kind === 'fails')?.verdict;
    return {
      steps,
      schemaBefore: this.schemaBefore,
      schemaAfter: this.factory.inspect((connection) =>
        sortedSchema(this.reader.read(connection).values()),
      ),
      together: this.together,
      statements: this.statements,
      ...(this.failedRunning && { failedRunning: true }),
      error: failing?.kind === 'fails' ? failing.error : report.error,
    };
  }

  private start(index: number): void {
    const together = this.job.detail === 'run';
    if (this.current?.index === index) {
      this.undone(index, together);
    } else {
      this.finish(false);
    }
    const options = { rows: this.job.rows, foreignKeys: true, known: this.links };
    const observer =
      (together && this.current?.observer) ||
      this.factory.inspect((connection) => new StepObserver(connection, this.reader, options));
    this.current = { index, observer, started: performance.now() };
    this.failedRunning = false;
    const migration = this.env.migrations.find(({ id }) => id === this.planned[index].id);
    const script = this.job.direction === 'up' ? migration?.up : migration?.down;
    this.script = script && { text: script.text, at: 0 };
    if (script && this.job.direction === 'up' && !together && !this.env.beforeStatement) {
      this.linters.set(index, new ScriptLinter(script, this.job));
    }
  }

  /** The step starts again. */
  private undone(index: number, together: boolean): void {
    this.reader.forget();
    this.statements = this.statements.filter(({ step }) => step < index);
    if (together) {
      this.current?.observer.distrustCounts();
    } else {
      this.current = undefined;
    }
  }

  /** Notes what the current step did; keeps its observer where one sees all steps. */
  private finish(isLast: boolean): void {
    const { current } = this;
    if (!current) {
      return;
    }
    const ms = Math.round((performance.now() - current.started) * 10) / 10;
    if (this.job.detail === 'run' && !isLast) {
      this.done.set(current.index, { schema: [], tables: [], ms });
      return;
    }
    const seen = this.factory.inspect((connection) => current.observer.finish(connection));
    if (this.job.detail === 'run') {
      this.together = seen.tables;
      this.done.set(current.index, { schema: [], tables: [], ms });
    } else {
      this.done.set(current.index, { ...seen, ms });
    }
    this.current = undefined;
  }

  /** Statements come in order, but for a file whose sections run in reverse. */
  private startOf(statement: string): number | undefined {
    const { script } = this;
    if (!script) {
      return undefined;
    }
    const next = script.text.indexOf(statement, script.at);
    const start = next >= 0 ? next : script.text.indexOf(statement);
    script.at = start + statement.length;
    return start < 0 ? undefined : start;
  }

  /** In a run that wants all or nothing the steps before it were seen to work all the same. */
  private failedAt(): number | undefined {
    const { failed } = this;
    return failed
      ? this.planned.findIndex(({ id }) => id === failed.migration.id)
      : this.current?.index;
  }

  /** The run's own statements come by the same way. */
  private isOwnStatement(sql: string): boolean {
    return /^(BEGIN IMMEDIATE|COMMIT)$/.test(sql) || sql === this.env.format.historyTable.createSql;
  }
}

/** What one engine may have and another not, in SQLite's words. */
const missingFeatures: readonly (readonly [RegExp, CannotReason])[] = [
  [/no such module: (.+)/, 'module'],
  [/no such function: (load_extension)/i, 'extension'],
  [/no such function: (.+)/, 'function'],
  [/no such collation sequence: (.+)/, 'collation'],
  [/unknown tokenizer: (.+)/, 'module'],
];

/** Errors that do not depend on what the tables contain: the statement does not fit the schema. */
const schemaErrors =
  /syntax error|incomplete input|unrecognized token|no such (table|column|index|view|trigger)|already exists|already another|duplicate column|has no column|ambiguous column|values for \d+ columns|values were supplied|unknown (column|database)|error in (view|trigger|index)/i;

/**
 * What a step's failure on a copy says about the run itself.
 * @param definite the engine that tried it is the one that would run it
 * @param rows whether the copy had the rows
 */
function classifyFailure(
  error: ErrorInfo,
  { definite, rows }: { readonly definite: boolean; readonly rows: boolean },
): StepVerdict {
  const { code, params, place } = error;
  const message = String(params.message ?? code);
  const cannot = (reason: CannotReason, detail?: string): StepVerdict => ({
    kind: 'cannot',
    reason,
    ...(detail && { detail }),
    ...(place && { place }),
  });
  switch (code) {
    case 'rehearsal.cannot':
      return cannot(params.reason as CannotReason, String(params.detail ?? ''));
    case 'sql.failed':
      break;
    case 'sql.transactionEnded':
    case 'foreignKeys.violated':
    case 'children.vanished':
    case 'migrations.invalid':
      return rows ? { kind: 'fails', error } : cannot('data', message);
    case 'database.full':
      return cannot('memory', message);
    default:
      return cannot('crash', message);
  }
  if (Number(params.sqliteCode) === 7) {
    return cannot('memory', message);
  }
  if (!definite) {
    for (const [pattern, reason] of missingFeatures) {
      const found = pattern.exec(message);
      if (found) {
        return cannot(reason, found[1]);
      }
    }
  }
  return rows || schemaErrors.test(message) ? { kind: 'fails', error } : cannot('data', message);
}

interface Observed {
  readonly steps: readonly RehearsedStep[];
  readonly schemaBefore: readonly SchemaObject[];
  readonly schemaAfter: readonly SchemaObject[];
  /** What all steps did, where they were not observed one by one. */
  readonly together?: readonly TableChange[];
  readonly statements: readonly RehearsedStatement[];
  readonly error?: ErrorInfo;
  readonly failedRunning?: boolean;
}

const mostStatements = 2000;

interface Current {
  readonly index: number;
  readonly observer: StepObserver;
  readonly started: number;
}

type Done = Pick<RehearsedStep, 'schema' | 'tables' | 'ms'>;
