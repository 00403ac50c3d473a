import type { Connection } from '../connection';
import { LockstepError } from '../errors';
import type { Script } from '../migration';
import type { RehearsedStatement } from '../rehearsal/rehearsalJob';
import type { Direction } from '../run/direction';
import { Places } from '../sql/places';
import { IgnoreComments } from './ignoreComments';
import type { LintCheck, LintFinding } from './lintCheck';
import { LintData } from './lintData';
import { lintedScript, type LintedScript, type LintedStatement, type Made } from './lintedScript';
import type { LintRule, LintWarning } from './lintWarning';
import { cascadingRebuild } from './rules/cascadingRebuild';
import { dropWithRows } from './rules/dropWithRows';
import { ifNotExists } from './rules/ifNotExists';
import { noWhere } from './rules/noWhere';
import { notNullWithoutDefault } from './rules/notNullWithoutDefault';
import { pragmaWithoutEffect } from './rules/pragmaWithoutEffect';
import { transactionControl } from './rules/transactionControl';
import { uniqueOverDuplicates } from './rules/uniqueOverDuplicates';

const checks: readonly LintCheck[] = [
  pragmaWithoutEffect,
  cascadingRebuild,
  notNullWithoutDefault,
  uniqueOverDuplicates,
  noWhere,
  dropWithRows,
  transactionControl,
  ifNotExists,
];

interface LintOptions {
  readonly direction: Direction;
  /** The copy has the rows, not only the schema. */
  readonly rows: boolean;
  /** The whole file, where the script is only a part of it. */
  readonly fileText?: string;
  readonly made?: Made;
}

/** Nobody reads more of one script, and no editor shows them. */
const mostWarnings = 1000;

/** Looks at one script: at each statement just before it runs on a copy, at the others by their text. */
export class ScriptLinter {
  private readonly linted: LintedScript | undefined;
  private readonly found = new Map<number, LintWarning[]>();
  private readonly ignored: IgnoreComments;
  private readonly places: Places;
  /** The statements by where they start. */
  private readonly byStart: ReadonlyMap<number, LintedStatement>;
  private next = 0;
  /** A script of ten thousand statements must not become ten thousand questions. */
  private readonly budget = { questions: 500 };

  constructor(
    script: Script,
    private readonly options: LintOptions,
  ) {
    this.ignored = new IgnoreComments(
      script.text,
      options.fileText ?? script.fileText ?? script.text,
    );
    this.places = new Places(script.file, script.text);
    try {
      this.linted = lintedScript(script, options.direction, options.made ?? new Set());
    } catch (error) {
      if (!(error instanceof LockstepError)) {
        throw error; // what cannot be read has its own error
      }
    }
    this.byStart = new Map(this.linted?.statements.map((each) => [each.statement.start, each]));
  }

  /** What the script makes, by its text alone. */
  get made(): Made {
    return this.linted?.makes ?? new Set();
  }

  /** A statement is about to run. It may come again, when the work before it was undone. */
  before(
    connection: Connection,
    { text, start }: Pick<RehearsedStatement, 'text' | 'start'>,
  ): void {
    const isIt = ({ statement }: LintedStatement): boolean => statement.text === text;
    const expected = start === undefined ? undefined : this.byStart.get(start);
    const at =
      expected && isIt(expected)
        ? expected
        : this.linted?.statements.find((each) => each.index >= this.next && isIt(each));
    if (at) {
      this.next = at.index + 1;
      this.found.set(
        at.index,
        this.check(at, new LintData(connection, this.options.rows, this.budget)),
      );
    }
  }

  /** What was found, in the order of the file. */
  warnings(): LintWarning[] {
    const { statements = [] } = this.linted ?? {};
    return statements
      .flatMap((at) => this.found.get(at.index) ?? this.check(at, undefined))
      .sort((a, b) => a.place.line - b.place.line || a.place.column - b.place.column)
      .slice(0, mostWarnings);
  }

  /** A warning about the script as a whole, at its first statement; none where it is passed over. */
  whole(rule: LintRule, finding: LintFinding): LintWarning[] {
    const first = this.linted?.statements[0];
    const empty = this.markerOfDown;
    const { start, end } = first?.statement ?? { start: empty, end: empty };
    return this.ignored.covers(rule, 0, { start, end })
      ? []
      : [this.warning(rule, finding, start, first?.statement.text ?? '')];
  }

  private check(at: LintedStatement, data: LintData | undefined): LintWarning[] {
    const { statement, index } = at;
    const before = this.linted!.statements[index - 1]?.statement.end ?? 0;
    const after = before <= statement.start ? before : 0;
    return checks.flatMap((rule) => {
      const finding = rule.check(at, this.linted!, data);
      return finding && !this.ignored.covers(rule.rule, after, statement)
        ? [this.warning(rule.rule, finding, statement.start, statement.text)]
        : [];
    });
  }

  private warning(
    rule: LintRule,
    finding: LintFinding,
    start: number,
    statement: string,
  ): LintWarning {
    const { direction } = this.options;
    const place = this.places.at(start);
    return { rule, direction, place, statement: statement.slice(0, 300), ...finding };
  }

  /** Where a way back without any statement is, in a file with both. */
  private get markerOfDown(): number {
    return Math.max(0, (this.options.fileText ?? '').search(/^--[\t ]*migrate:down/m));
  }
}
