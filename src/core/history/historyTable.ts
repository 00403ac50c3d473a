/** The table of the user's database in which a format keeps its history. */
export interface HistoryTable {
  readonly name: string;
  /** Exactly these columns, in any order; else the table is somebody else's. */
  readonly columns: readonly string[];
  /** Creates it as the format's own tool would, if it does not exist. */
  readonly createSql: string;
  /** One parameter: the version. */
  readonly insertSql: string;
  /** One parameter: the version. */
  readonly deleteSql: string;
  /** One parameter: the version; a row when it is applied. */
  readonly findSql: string;
  /** All versions, column `version`. */
  readonly listSql: string;
}
