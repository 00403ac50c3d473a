import type { Connection } from '../connection';
import { LockstepError } from '../errors';
import {
  checkHistoryTable,
  historyTableLookSql,
  type FoundTable,
} from '../history/checkHistoryTable';
import { otherToolOf } from '../history/otherTools';
import type { HistoryTable } from '../history/historyTable';

/** The history table of one database, through one connection. */
export class HistoryStore {
  constructor(
    private readonly connection: Connection,
    private readonly table: HistoryTable,
  ) {}

  /**
   * All recorded versions; none when the table does not exist.
   * @throws `history.foreign` when the table is not the one this format writes,
   *   `history.otherTool` when there is none, but another tool's: it has applied who knows what,
   *   and starting from the first file would end in an error or worse
   */
  public versions(): string[] {
    if (this.exists()) {
      return this.connection.all(this.table.listSql).map((row) => String(row.version));
    }
    this.refuseOtherTool();
    return [];
  }

  /** Creates the table if it is not there. */
  public ensure(): void {
    if (!this.exists()) {
      this.connection.exec(this.table.createSql);
    }
  }

  public has(version: string): boolean {
    return this.connection.get(this.table.findSql, version) !== undefined;
  }

  public record(version: string): void {
    this.connection.all(this.table.insertSql, version);
  }

  public erase(version: string): void {
    this.connection.all(this.table.deleteSql, version);
  }

  private refuseOtherTool(): void {
    const tables = "SELECT name FROM main.sqlite_schema WHERE type = 'table'";
    for (const { name } of this.connection.all(tables)) {
      const tool = otherToolOf(String(name));
      if (tool) {
        throw new LockstepError('history.otherTool', { table: String(name), tool });
      }
    }
  }

  private exists(): boolean {
    const found = this.connection.get(historyTableLookSql, this.table.name);
    return checkHistoryTable(this.table, found as FoundTable | undefined) === 'ok';
  }
}
