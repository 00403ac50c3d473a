import { spawn, type ChildProcess } from 'node:child_process';
import { createInterface } from 'node:readline';

/**
 * A program that has the database open and answers each line it is told: `write` writes rows until
 * `stop`, which answers how many there are.
 */
const program = (path: string, mode: string, megabytes: number): string => `
  const { DatabaseSync } = require('node:sqlite');
  const db = new DatabaseSync(${JSON.stringify(path)}, { timeout: 5000 });
  db.exec('PRAGMA journal_mode=${mode}; CREATE TABLE IF NOT EXISTS log (id INTEGER PRIMARY KEY, x)');
  let written = ${Math.floor(megabytes * 250)};
  db.exec('WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ' + written +
    ') INSERT INTO log SELECT i, randomblob(4000) FROM n WHERE i <= ' + written);
  let writing = false;
  const insert = db.prepare('INSERT INTO log (x) VALUES (hex(randomblob(200)))');
  const step = () => {
    if (!writing) return;
    for (let i = 0; i < 5; i++, written++) insert.run();
    setImmediate(step);
  };
  require('node:readline').createInterface({ input: process.stdin }).on('line', (line) => {
    if (line === 'write') { writing = true; step(); console.log('writing'); }
    if (line === 'stop') { writing = false; console.log('stopped ' + written); }
  });
  console.log('open');`;

/** An app of its own process that knows nothing of Lockstep. */
export class AppWriter {
  private readonly process: ChildProcess;
  private readonly lines: AsyncIterableIterator<string>;

  /** @param megabytes of rows that it begins with */
  constructor(path: string, mode: string, megabytes = 0) {
    const script = program(path, mode, megabytes);
    this.process = spawn(process.execPath, ['--no-warnings', '-e', script], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    this.lines = createInterface({ input: this.process.stdout! })[Symbol.asyncIterator]();
  }

  async says(): Promise<string> {
    return (await this.lines.next()).value as string;
  }

  async tell(line: string): Promise<string> {
    this.process.stdin!.write(`${line}\n`);
    return this.says();
  }

  /** Ends it as `kill -9` does. */
  async end(): Promise<void> {
    this.process.kill('SIGKILL');
    await new Promise((done) => this.process.once('close', done));
  }
}
