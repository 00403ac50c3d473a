import type { Connection } from '../connection';
import { LockstepError } from '../errors';
import { placeAt } from '../sql/place';
import type { Statement } from '../sql/statements';
import { wordsOf } from '../sql/wordsOf';
import { ForeignKeyGraph, quoteName } from './foreignKeyGraph';
import type { PreparedStep } from './preparedStep';

/** Rows that went with a table that they referred to. */
interface Loss {
  readonly table: string;
  /** Rows before the statement. */
  readonly before: number;
  readonly statement: Statement;
}

/**
 * With foreign keys on, DROP TABLE of a parent deletes the rows of its cascading children, and theirs,
 * and no check finds anything wrong afterwards. So the rows are counted around it.
 */
export class CascadeLosses {
  private readonly losses: Loss[] = [];

  constructor(
    private readonly connection: Connection,
    private readonly step: PreparedStep,
  ) {}

  /** Runs a statement of the step and notes what went with it. */
  public around(statement: Statement, run: () => void): void {
    const counts = this.isAsked(statement) ? this.countDescendants(statement) : [];
    run();
    for (const { table, rows } of counts) {
      if ((this.countRows(table) ?? 0) < rows) {
        this.losses.push({ table, before: rows, statement });
      }
    }
  }

  /**
   * To be called at the end: the script may have brought the rows back from a copy, or have dropped
   * that table as well.
   * @throws LockstepError `children.vanished`
   */
  public check(): void {
    const { script, ref } = this.step;
    for (const { table, before, statement } of this.losses) {
      const after = this.countRows(table) ?? before;
      if (after < before) {
        throw new LockstepError(
          'children.vanished',
          { migration: ref.id, table, before, after },
          placeAt(script.file, script.text, statement.start),
        );
      }
    }
  }

  private isAsked({ text }: Statement): boolean {
    return this.step.script.foreignKeys && /^drop\b/i.test(text);
  }

  private countDescendants({ text }: Statement): { table: string; rows: number }[] {
    return new ForeignKeyGraph(this.connection)
      .descendantsOf(wordsOf(text))
      .map((table) => ({ table, rows: this.countRows(table) ?? 0 }));
  }

  /** Undefined where there is no such table. */
  private countRows(table: string): number | undefined {
    const name = quoteName(table);
    const isThere = this.connection.all(`PRAGMA main.table_info(${name})`).length > 0;
    return isThere
      ? Number(this.connection.get(`SELECT count(*) AS n FROM main.${name}`)!.n)
      : undefined;
  }
}
