import type { Connection } from '../connection';
import { type ErrorInfo, LockstepError } from '../errors';
import type { Direction, Migration, Script } from '../model';
import type { SchemaChange, TableShape } from '../schema/schema';
import { Places } from '../sql/positions';
import { definition } from '../sql/statementFacts';
import { foldName, Tokens } from '../sql/tokens';
import { lintedScript, type LintedScript, type LintedStatement, type Made } from './lintScript';
import { LintData, type LintFinding, type LintWarning } from './rule';
import { lintRules } from './rules';
import { incompleteDown } from './rules/incompleteDown';

/** Checks one script: each statement just before it runs on a copy, the others by their text. */
export class ScriptLinter {
  private readonly linted: LintedScript | undefined;
  private readonly found = new Map<number, LintWarning[]>();
  private readonly ignored: IgnoreComments;
  private readonly places: Places;
  /** The statements by where they start. */
  private readonly byStart: ReadonlyMap<number, LintedStatement>;
  private next = 0;
  /** A script of ten thousand statements must not become ten thousand queries. */
  private readonly budget = { queries: 500 };

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
    { text, start }: { readonly text: string; readonly start?: number },
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
  whole(rule: string, finding: LintFinding): LintWarning[] {
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
    return lintRules.flatMap((rule) => {
      const finding = rule.check?.(at, this.linted!, data);
      return finding && !this.ignored.covers(rule.name, after, statement)
        ? [this.warning(rule.name, finding, statement.start, statement.text)]
        : [];
    });
  }

  private warning(
    rule: string,
    finding: LintFinding,
    start: number,
    statement: string,
  ): LintWarning {
    const { direction } = this.options;
    const place = this.places.at(start);
    return { rule, direction, place, statement: statement.slice(0, 300), ...finding };
  }

  /** Where a down script without any statement is, in a file with both. */
  private get markerOfDown(): number {
    return Math.max(0, (this.options.fileText ?? '').search(/^--[\t ]*migrate:down/m));
  }
}

interface LintOptions {
  readonly direction: Direction;
  /** The copy has the rows, not only the schema. */
  readonly rows: boolean;
  /** The whole file, where the script is only a part of it. */
  readonly fileText?: string;
  readonly made?: Made;
}

/** No editor shows more of one script. */
const mostWarnings = 1000;

/** The rules over one migration, up and down. */
export class MigrationLint {
  readonly up: ScriptLinter;
  private back: ScriptLinter | undefined;
  private incomplete: LintWarning[] = [];

  /**
   * @param rows the copy it is tried on has the rows
   * @param shown the file that is being written, as it is shown
   */
  constructor(
    private readonly migration: Migration,
    private readonly rows: boolean,
    private readonly shown: { readonly file: string; readonly text: string },
  ) {
    this.up = this.linter('up', new Set());
  }

  /** The down script, where there is one: after the up script has worked, or by its text alone. */
  get down(): ScriptLinter | undefined {
    return this.migration.down && (this.back ??= this.linter('down', this.up.made));
  }

  /** The up script has worked: the down script may remove what it made. */
  worked(before: readonly TableShape[], after: readonly TableShape[]): void {
    this.back = this.migration.down && this.linter('down', madeBetween(before, after));
  }

  /** The down script has worked. @returns whether it undoes the schema, as far as that matters */
  undone(changes: readonly SchemaChange[]): boolean {
    const left = changes.filter(
      ({ before, after }) =>
        before === undefined ||
        after === undefined ||
        definition(before, { order: false }) !== definition(after, { order: false }),
    );
    if (left.length > 0) {
      const names = left.slice(0, 5).map(({ type, name }) => `${type} ${name}`);
      const more = left.length > names.length ? ', …' : '';
      const params = { case: 'schema', count: left.length, names: names.join(', ') + more };
      this.incomplete = this.down?.whole(incompleteDown.name, { params }) ?? [];
    }
    return left.length === 0;
  }

  /** The up script was tried once more after the down script, and failed. */
  failedAgain({ params, code }: ErrorInfo): void {
    const message = String(params.message ?? code).slice(0, 300);
    const finding = { params: { case: 'again', message } };
    this.incomplete = this.down?.whole(incompleteDown.name, finding) ?? [];
  }

  /** Everything found, in the order of the files, up first. */
  warnings(): LintWarning[] {
    return [...this.up.warnings(), ...this.incomplete, ...(this.down?.warnings() ?? [])];
  }

  private linter(direction: 'up' | 'down', made: Made): ScriptLinter {
    const { migration, rows, shown } = this;
    const script = direction === 'up' ? migration.up : migration.down!;
    const fileText = script.file === shown.file ? shown.text : script.text;
    return new ScriptLinter(script, { direction, rows, fileText, made });
  }
}

function madeBetween(before: readonly TableShape[], after: readonly TableShape[]): Made {
  const made = new Set<string>();
  for (const { name, columns } of after) {
    const old = before.find((table) => foldName(table.name) === foldName(name));
    if (!old) {
      made.add(foldName(name));
      continue;
    }
    const known = new Set(old.columns.map((column) => foldName(column.name)));
    for (const column of columns) {
      if (!known.has(foldName(column.name))) {
        made.add(foldName(`${name}.${column.name}`));
      }
    }
  }
  return made;
}

/** Where comments in a file ask for rules to be passed over. */
class IgnoreComments {
  private readonly ofFile = new Set<string>();
  private readonly comments: { readonly start: number; readonly rules: readonly string[] }[] = [];

  /**
   * @param text the file with what belongs to one direction
   * @param fileText the whole file, which is what comments about the whole file may be anywhere in
   */
  constructor(
    private readonly text: string,
    fileText: string,
  ) {
    for (const { start, isFile, rules } of ignoresIn(text)) {
      if (!isFile) {
        this.comments.push({ start, rules });
      }
    }
    for (const { isFile, rules } of ignoresIn(fileText)) {
      rules.forEach((rule) => isFile && this.ofFile.add(rule));
    }
  }

  /**
   * Whether a rule is passed over at a statement: by a comment inside or behind it in its last line,
   * or by one between it and the statement before, or anywhere for the whole file.
   *
   * @param after where the statement before it ends
   */
  covers(rule: string, after: number, { start, end }: { start: number; end: number }): boolean {
    if (this.ofFile.has(rule) || this.comments.length === 0) {
      return this.ofFile.has(rule);
    }
    const from = after === 0 ? 0 : this.lineEnd(after);
    const until = this.lineEnd(end);
    return this.comments.some(
      (comment) =>
        comment.start < Math.max(until, start) &&
        (comment.start >= from || comment.start >= start) &&
        comment.rules.includes(rule),
    );
  }

  private lineEnd(offset: number): number {
    const at = this.text.slice(offset).search(/[\r\n]/);
    return at < 0 ? this.text.length : offset + at;
  }
}

interface Ignore {
  readonly start: number;
  readonly isFile: boolean;
  readonly rules: readonly string[];
}

/** Comments are what stands between tokens: a string may look like one. */
function ignoresIn(text: string): Ignore[] {
  const found: Ignore[] = [];
  if (!text.includes('lockstep-ignore')) {
    return found;
  }
  const tokens = new Tokens(text);
  let last = 0;
  for (let more = true; more; last = tokens.end) {
    more = tokens.next();
    const between = text.slice(last, more ? tokens.start : text.length);
    for (const match of between.matchAll(
      /(?:--|\/\*)\s*lockstep-ignore(-file)?(?![\w-])([^*\r\n]*)/g,
    )) {
      const [, file, list] = match;
      found.push({ start: last + match.index, isFile: file !== undefined, rules: rulesIn(list) });
    }
  }
  return found;
}

/** The rules named at the start of a text; all of them where it is empty. What follows is a reason. */
function rulesIn(list: string): readonly string[] {
  const known = lintRules.map(({ name }) => name);
  const names = list.split(/[\s,:]+/).filter(Boolean);
  if (names.length === 0) {
    return known;
  }
  const end = names.findIndex((name) => !known.includes(name));
  return end < 0 ? names : names.slice(0, end);
}
