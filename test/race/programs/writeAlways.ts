// Another program that inserts rows all the time and remembers those that were committed. Told
// to stop, it says which they are. Arguments: the file, the first number.
import { DatabaseSync } from 'node:sqlite';

const [path, first] = process.argv.slice(2) as [string, string];
const database = new DatabaseSync(path);
database.exec('PRAGMA busy_timeout=20000');
const insert = database.prepare('INSERT INTO t VALUES (?)');
const committed: number[] = [];
let next = Number(first);
let isStopped = false;

process.on('message', () => {
  isStopped = true;
  database.close();
  process.send!(committed, () => process.exit(0));
});

/** With a breath in between: SQLite's locks are not fair, and nobody else would get in. */
function turn(): void {
  if (isStopped) {
    return;
  }
  insert.run(next);
  committed.push(next++);
  if (committed.length === 1) {
    process.send!([]);
  }
  setTimeout(turn, 2);
}
turn();
