import type { Connection } from '../connection';
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
   * @throws `history.foreign` when the table is not the one this format writes
   */
  public versions(): string[] {
    return this.exists()
      ? this.connection.all(this.table.listSql).map((row) => String(row.version))
      : [];
  }

  /** The history table of another tool, where there is none of ours. */
  public otherTool(): { table: string; tool: string } | undefined {
    if (this.exists()) {
      return undefined;
    }
    for (const { name } of this.connection.all(
      "SELECT name FROM main.sqlite_schema WHERE type = 'table'",
    )) {
      const tool = otherToolOf(String(name));
      if (tool) {
        return { table: String(name), tool };
      }
    }
    return undefined;
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

  private exists(): boolean {
    const found = this.connection.get(historyTableLookSql, this.table.name);
    return checkHistoryTable(this.table, found as FoundTable | undefined) === 'ok';
  }
}
