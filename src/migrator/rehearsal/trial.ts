import { LockstepError } from '../../core/errors';
import type { MigrationLint } from '../../core/lint/migrationLint';
import type { ScriptLinter } from '../../core/lint/scriptLinter';
import type { Connection } from '../../core/connection';
import type { Migration } from '../../core/migration';
import type { CheckProblem } from '../../core/rehearsal/check';
import type { RehearsedStep } from '../../core/rehearsal/rehearsal';
import { rehearse } from '../../core/rehearsal/rehearse';
import type { RehearsalEnvironment, RehearsalReport } from '../../core/rehearsal/rehearsalJob';
import { schemaChanges } from '../../core/rehearsal/schemaChanges';
import { SchemaReader } from '../../core/rehearsal/schemaReader';
import { tableShapes } from '../../core/rehearsal/tableShapes';
import type { Direction } from '../../core/run/direction';
import type { OpenSnapshot } from '../../sqlite/engine';

/** A check has a time limit, and what it says of the way on is worth more than a second try. */
const longestAgainMs = 1000;

/** One migration there and back on a copy, and there again. */
export class Trial {
  private readonly reader: SchemaReader;

  constructor(
    private readonly copy: OpenSnapshot,
    private readonly world: Omit<RehearsalEnvironment, 'factory'>,
    private readonly migration: Migration,
    private readonly rows: boolean,
    private readonly lint: MigrationLint,
  ) {
    this.reader = new SchemaReader(world.format.historyTable.name);
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
      const { steps } = await this.rehearse('up');
      lint.again(steps[0]);
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
        ...this.world,
        factory: this.copy,
        beforeStatement: (connection, statement) => lint?.before(connection, statement),
      },
    );
  }

  private shapes(connection: Connection): ReturnType<typeof tableShapes> {
    return tableShapes(connection, this.world.format.historyTable.name);
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
