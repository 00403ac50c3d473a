import type { Migration } from '../migration';
import type { TableShape } from '../rehearsal/check';
import type { RehearsedStep, SchemaChange } from '../rehearsal/rehearsal';
import { foldName } from '../sql/foldName';
import { definition } from './definition';
import type { Made } from './lintedScript';
import type { LintWarning } from './lintWarning';
import { ScriptLinter } from './scriptLinter';

/** The rules over one migration, there and back. */
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

  /** The way back, where there is one: after the way on has worked, or by its text alone. */
  get down(): ScriptLinter | undefined {
    return this.migration.down && (this.back ??= this.linter('down', this.up.made));
  }

  /** The way on has worked: what it made need not be spared on the way back. */
  worked(before: readonly TableShape[], after: readonly TableShape[]): void {
    this.back = this.migration.down && this.linter('down', madeBetween(before, after));
  }

  /** The way back has worked. @returns whether it undoes the schema, as far as that matters */
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
      this.incomplete = this.down?.whole('incomplete-down', { params }) ?? [];
    }
    return left.length === 0;
  }

  /** The way on was tried once more after the way back. */
  again(step: RehearsedStep | undefined): void {
    if (step?.verdict.kind === 'fails') {
      const { params, code } = step.verdict.error;
      const message = String(params.message ?? code).slice(0, 300);
      const finding = { params: { case: 'again', message } };
      this.incomplete = this.down?.whole('incomplete-down', finding) ?? [];
    }
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
