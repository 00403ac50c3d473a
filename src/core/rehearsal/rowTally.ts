import type { StatementTarget } from './statementTarget';

/** Counts what the statements of a step say they did to one table. */
export class RowTally {
  private inserted = 0;
  /** Inserted, or updated or replaced instead: which of it only the number of rows tells. */
  private insertedOrChanged = 0;
  private updated = 0;
  private deleted = 0;

  public add(target: StatementTarget, rows: number): void {
    switch (target.verb) {
      case 'insert':
        if (target.mayReplace) {
          this.insertedOrChanged += rows;
        } else {
          this.inserted += rows;
        }
        break;
      case 'update':
        this.updated += rows;
        break;
      case 'delete':
        this.deleted += rows;
        break;
    }
  }

  public copy(): RowTally {
    return Object.assign(new RowTally(), this);
  }

  /**
   * What it comes to, given the numbers of rows before and after: what the statements do not explain
   * was done by triggers, references or conflicts.
   */
  public settle(
    before: number,
    after: number,
  ): { rowsAdded: number; rowsRemoved: number; rowsChanged: number } {
    let unexplained = after - before - (this.inserted - this.deleted);
    const fresh = Math.min(Math.max(unexplained, 0), this.insertedOrChanged);
    unexplained -= fresh;
    return {
      rowsAdded: this.inserted + fresh + Math.max(unexplained, 0),
      rowsRemoved: this.deleted + Math.max(-unexplained, 0),
      rowsChanged: this.updated + this.insertedOrChanged - fresh,
    };
  }
}
