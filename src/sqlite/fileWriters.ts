import type { DatabaseWriter } from './engine';
import type { SqlJs } from './sqljs/memoryConnection';
import { sqlJsWriter } from './writer/sqlJsWriter';

/**
 * The list of writers that replace a database's file as a whole, for where no engine has SQLite's
 * locks. They keep each other out with claims of their own, which `node:sqlite` has to mind as well.
 * Without its line here and its folder a writer is gone, and such hosts can look only.
 */
export const fileWriters: readonly FileWriter[] = [sqlJsWriter];

interface FileWriter {
  create(sqlJs: SqlJs): DatabaseWriter;
  /**
   * Whether a process works on a database in this way, or one that was killed left files beside it.
   * @param database canonical path
   */
  claimState(database: string): 'none' | 'left' | 'held';
  /** Removes what killed processes left, where possible: it keeps nobody out. */
  sweep(database: string): void;
}

/** Whether a process is about to replace a database's file. */
export function isClaimed(database: string): boolean {
  return fileWriters.some((writer) => writer.claimState(database) === 'held');
}
