import { join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { EngineName } from '../../core/connection';
import { ThreadControlWriter, type ThreadData } from '../threadProtocol';

/** A database thread that nobody talks to yet. */
export interface StartedThread {
  readonly engine: EngineName;
  readonly worker: Worker;
  readonly control: ThreadControlWriter;
}

/**
 * Starts a thread that owns connections. Apart from what then talks to it, since the terminal starts
 * one before it loads anything else.
 *
 * @param folder where the thread's bundle and sql.js' wasm file are
 */
export function startThread(folder: string, engine: EngineName): StartedThread {
  const control = new ThreadControlWriter();
  const wasm = join(folder, 'sql-wasm.wasm');
  const workerData: ThreadData = { engine, memory: control.memory, wasm };
  const file = join(folder, 'databaseThread.js');
  return { engine, control, worker: new Worker(file, { workerData }) };
}
