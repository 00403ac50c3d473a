import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';

type Answer = { rows: Record<string, unknown>[] } | { code: number | string };

/** A program that knows nothing of Lockstep, in a process of its own, with a connection open. */
export class OtherProgram {
  private readonly child: ChildProcess;

  constructor(database: string) {
    this.child = fork(resolve('out/test/race/programs/liveConnection.js'), [database], {
      execArgv: ['--no-warnings'],
    });
  }

  get pid(): number {
    return this.child.pid!;
  }

  /** The rows of the last statement; rejects with the code of SQLite's error. */
  async sql(sql: string): Promise<Record<string, unknown>[]> {
    const answered = new Promise<Answer>((told) => this.child.once('message', told as never));
    this.child.send(sql);
    const answer = await answered;
    if ('code' in answer) {
      throw Object.assign(new Error(`SQLite error ${answer.code}`), { code: answer.code });
    }
    return answer.rows;
  }

  /** The first column of each row. */
  async values(sql: string): Promise<unknown[]> {
    return (await this.sql(sql)).map((row) => Object.values(row)[0]);
  }

  /** Ends it; no handle of its is left when this resolves. */
  async close(): Promise<void> {
    const closed = once(this.child, 'exit');
    this.end();
    await closed;
  }

  end(): void {
    this.child.kill('SIGKILL');
  }
}
