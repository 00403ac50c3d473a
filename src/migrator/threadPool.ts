import type { EngineName } from '../core/connection';
import { DatabaseThread } from './databaseThread';

/** The database threads of a process: one for looks, so that none waits for a run, the rest for runs. */
export class ThreadPool {
  private readonly looking = new Map<EngineName, DatabaseThread>();
  private readonly running = new Set<DatabaseThread>();
  private readonly trying = new Map<string, DatabaseThread>();

  /** @param folder of the bundled thread files */
  constructor(public readonly folder: string) {}

  /** The thread that answers looks. */
  public looks(engine: EngineName): DatabaseThread {
    let thread = this.looking.get(engine);
    if (!thread?.usable) {
      thread = new DatabaseThread(this.folder, engine);
      this.looking.set(engine, thread);
    }
    return thread;
  }

  /** A thread for a run: one that has finished its last run, or a new one. */
  public idle(engine: EngineName): DatabaseThread {
    for (const thread of this.running) {
      if (thread.usable && !thread.busy && !thread.reserved && thread.engine === engine) {
        return thread;
      }
    }
    const thread = new DatabaseThread(this.folder, engine);
    this.running.add(thread);
    return thread;
  }

  /**
   * A thread that has no business with files, for SQL that nobody has decided to run: it can be ended
   * at once, whatever it does. One for each purpose, so that none ends another's work.
   */
  public sandbox(purpose: 'rehearsal' | 'check'): DatabaseThread {
    let thread = this.trying.get(purpose);
    if (!thread?.usable) {
      thread = new DatabaseThread(this.folder, 'sqljs');
      this.trying.set(purpose, thread);
    }
    return thread;
  }

  /** Resolves when the threads have put away what they do after their answers. */
  public async settled(): Promise<void> {
    const idle = [...this.running].filter(({ usable, busy }) => usable && !busy);
    await Promise.allSettled(idle.map((thread) => thread.call('settle', {})));
  }

  public async end(): Promise<void> {
    await Promise.all(
      [...this.looking.values(), ...this.running, ...this.trying.values()].map((thread) =>
        thread.end(),
      ),
    );
  }
}
