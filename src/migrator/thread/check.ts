import type { Connection } from '../../core/connection';
import { errorInfo, LockstepError } from '../../core/errors';
import { MigrationLint, type ScriptLinter } from '../../core/lint/linter';
import { type Direction, type Migration, migrationRef } from '../../core/model';
import { planRun } from '../../core/plan/plan';
import type { CheckProblem, RehearsedStep } from '../../core/rehearsal/rehearsal';
import type { RehearsalEnvironment, RehearsalReport } from '../../core/rehearsal/rehearsalJob';
import { rehearse } from '../../core/rehearsal/rehearse';
import { schemaChanges, SchemaReader, tableShapes } from '../../core/schema/schema';
import { canonicalPath } from '../../sqlite/databaseFile';
import type { OpenSnapshot } from '../../sqlite/engine';
import { fileAccessCheck } from '../../sqlite/fileAccess';
import type { CheckAnswer, ThreadCalls } from '../threadProtocol';
import { CheckState, runLogOf, type ThreadContext } from './threadContext';

/** A check has a time limit, and what it says of the up script is worth more than a second try. */
const longestAgainMs = 1000;

/** One migration there and back on a copy, and there again. */
export class Trial {
  private readonly reader: SchemaReader;

  constructor(
    private readonly copy: OpenSnapshot,
    private readonly environment: Omit<RehearsalEnvironment, 'factory'>,
    private readonly migration: Migration,
    private readonly rows: boolean,
    private readonly lint: MigrationLint,
  ) {
    this.reader = new SchemaReader(environment.format.historyTable.name);
  }

  public async run() {
    const { lint } = this;
    const before = this.read((connection) => this.shapes(connection));
    const schemaBefore = this.read((connection) => this.reader.read(connection));
    const report = await this.rehearse('up', lint.up);
    const [up] = report.steps;
    const works = isFine(up);
    const after = works ? this.read((connection) => this.shapes(connection)) : before;
    const problems = problemsOf(report, 'up');
    if (!works || !this.migration.down) {
      return { report, up, before, after, problems, notUndone: [], lint: lint.warnings() };
    }
    lint.worked(before, after);
    const back = await this.rehearse('down', lint.down);
    const [down] = back.steps;
    const notUndone = isFine(down)
      ? schemaChanges(
          schemaBefore,
          this.read((connection) => this.reader.read(connection)),
        )
      : [];
    if (isFine(down) && lint.undone(notUndone) && up.ms < longestAgainMs) {
      const again = (await this.rehearse('up')).steps.at(0)?.verdict;
      if (again?.kind === 'fails') {
        lint.failedAgain(again.error);
      }
    }
    const all = [...problems, ...problemsOf(back, 'down')];
    return { report, up, down, before, after, problems: all, notUndone, lint: lint.warnings() };
  }

  public close(): void {
    this.copy.close();
  }

  private rehearse(direction: Direction, lint?: ScriptLinter): Promise<RehearsalReport> {
    return rehearse(
      {
        direction,
        goal: { kind: 'steps', steps: 1 },
        intended: [this.migration.version],
        transaction: 'each',
        detail: 'steps',
        rows: this.rows,
        definite: false,
      },
      {
        ...this.environment,
        factory: this.copy,
        beforeStatement: (connection, statement) => lint?.before(connection, statement),
      },
    );
  }

  private shapes(connection: Connection): ReturnType<typeof tableShapes> {
    return tableShapes(connection, this.environment.format.historyTable.name);
  }

  private read<T>(read: (connection: Connection) => T): T {
    const connection = this.copy.open({ foreignKeys: false });
    try {
      return read(connection);
    } finally {
      connection.close();
    }
  }
}

function isFine(step: RehearsedStep | undefined): boolean {
  return step?.verdict.kind === 'works' || step?.verdict.kind === 'schemaOnly';
}

function problemsOf(report: RehearsalReport, direction: Direction): CheckProblem[] {
  const [step] = report.steps;
  if (step?.verdict.kind === 'fails' || step?.verdict.kind === 'cannot') {
    return [{ ...step.verdict, direction }];
  }
  const { error } = report;
  if (!error) {
    return [];
  }
  if (error.code === 'internal') {
    throw new LockstepError(error.code, error.params);
  }
  return [{ kind: 'fails', direction, error }];
}

const nothing = { problems: [], lint: [], notUndone: [], before: [], after: [] };

/** Tries a text in this thread, on the copy that it keeps; asks for one where it has none. */
export async function checkText(
  ask: ThreadCalls['check']['ask'],
  context: ThreadContext,
): Promise<CheckAnswer> {
  const { target, file, text, fileAccess, stamp, copy } = ask;
  const path = canonicalPath(target.database);
  if (copy) {
    context.check = new CheckState(context.engine, path, stamp, copy.kind, ask.bytes);
  }
  const state = context.check;
  if (state?.path !== path || state.stamp !== stamp) {
    return { type: 'needsCopy' };
  }
  let folder;
  try {
    folder = context.reader.read(target, { path: file, text });
  } catch (error) {
    return { type: 'done', result: unreadable(error, file) };
  }
  const { format, migrations } = folder;
  const migration = migrations.find(({ up, down }) => up.file === file || down?.file === file);
  if (!migration) {
    return { type: 'done', result: { ...nothing, state: 'none' } };
  }
  const ref = migrationRef(migration);
  const applied = state.applied(format.historyTable);
  if (applied.some((version) => format.sameVersion(version, migration.version))) {
    return { type: 'done', result: { ...nothing, state: 'applied', migration: ref } };
  }
  const log = runLogOf(context, path).read();
  const { control } = context;
  const about = {
    format,
    migrations,
    log,
    control,
    checkFileAccess: fileAccessCheck(path, fileAccess),
  };
  const goal = { kind: 'all' } as const;
  const { steps } = planRun({ ...about, applied, direction: 'up', goal });
  const pending = steps.map((step) => step.migration);
  const ready = await state.after(pending.slice(0, pending.indexOf(migration)), about);
  const pendingState = { ...nothing, state: 'pending', migration: ref, copy: state.kind } as const;
  if (ready.blocking) {
    const blocking = ready.blocking.steps.find(({ verdict }) => /fails|cannot/.test(verdict.kind));
    const lint = new MigrationLint(migration, false, ask).warnings();
    const blocked = blocking
      ? { blockedBy: blocking.migration, blockedWhy: blocking.verdict.kind as 'fails' | 'cannot' }
      : { refused: ready.blocking.error };
    return { type: 'done', result: { ...pendingState, lint, ...blocked } };
  }
  const rows = state.kind !== 'schema';
  const lint = new MigrationLint(migration, rows, ask);
  const trial = new Trial(state.open(ready.content), about, migration, rows, lint);
  try {
    const { report, ...tried } = await trial.run();
    return { type: 'done', result: { ...pendingState, ...tried }, report };
  } finally {
    trial.close();
  }
}

function unreadable(error: unknown, file: string): (CheckAnswer & { type: 'done' })['result'] {
  const info = errorInfo(error);
  const state = 'pending';
  return info.place?.file === file
    ? { ...nothing, state, problems: [{ kind: 'fails', direction: 'up', error: info }] }
    : { ...nothing, state: 'none' };
}
