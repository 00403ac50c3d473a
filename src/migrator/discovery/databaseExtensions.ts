/** Endings that people give to the names of SQLite files. */
export const databaseExtensions: readonly string[] =
  '.db .sqlite .sqlite2 .sqlite3 .db2 .db3 .s3db .sl3 .sl2 .sdb'.split(' ');
