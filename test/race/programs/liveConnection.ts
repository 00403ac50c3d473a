// Another program that has a database open: runs the SQL it is sent and answers with the rows, or
// with the code of SQLite's error. Argument: the file.
import { DatabaseSync } from 'node:sqlite';

const database = new DatabaseSync(process.argv[2], { enableForeignKeyConstraints: false });

process.on('message', (sql: string) => {
  try {
    const statements = sql.split(/;\s*/).filter(Boolean);
    const last = statements.pop()!;
    statements.forEach((statement) => database.exec(statement));
    process.send!({ rows: database.prepare(last).all() });
  } catch (error) {
    process.send!({ code: (error as { errcode?: number }).errcode ?? String(error) });
  }
});
process.on('disconnect', () => process.exit(0));
