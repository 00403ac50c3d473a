import type { EngineName } from '../core/connection';
import { DatabaseThread } from './databaseThread';

/** The database threads of a process: one for looks, so that none waits for a run, the rest for runs. */
export class ThreadPool {
  private readonly looking = new Map<EngineName, DatabaseThread>();
  private readonly running = new Set<DatabaseThread>();

  /** @param folder of the bundled thread files */
  constructor(private readonly folder: string) {}

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

  public async end(): Promise<void> {
    await Promise.all([...this.looking.values(), ...this.running].map((thread) => thread.end()));
  }
}
