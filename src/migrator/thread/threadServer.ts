import { parentPort, workerData } from 'node:worker_threads';
import { errorInfo } from '../../core/errors';
import type { RunEvent } from '../../core/run/runEvents';
import { loadCrypto } from '../../core/checksum';
import type { Engine } from '../../sqlite/engine';
import { EventBatcher } from '../eventBatcher';
import {
  type CallName,
  transferList,
  type ThreadCalls,
  ThreadControl,
  type ThreadData,
  type ThreadReply,
  type ThreadRequest,
} from '../threadProtocol';
import { checkText } from './check';
import { acceptEdited, baseline, findApplied, markApplied, readAppliedSource } from './drift';
import { MigrationReader } from './migrationReader';
import { readStatus, planInThread, readVersions } from './readStatus';
import { compileInThread, copyInThread, rehearseInThread } from './rehearse';
import { restoreInThread } from './restore';
import { resolveInterrupted, runInThread } from './run';
import { PlanMemo, type ThreadContext } from './threadContext';

/** Answers each call; gives `emit` what happens while it happens. */
type ThreadHandlers = {
  [C in CallName]: (
    ask: ThreadCalls[C]['ask'],
    context: ThreadContext,
    emit: (event: RunEvent) => void,
  ) => ThreadCalls[C]['answer'] | Promise<ThreadCalls[C]['answer']>;
};

const handlers: ThreadHandlers = {
  status: readStatus,
  plan: planInThread,
  probe: ({ paths }, { engine }) => paths.map((path) => engine.probe(path)),
  versions: readVersions,
  run: runInThread,
  restore: restoreInThread,
  about: (_, { engine: { name, sqliteVersion } }) => ({ name, sqliteVersion }),
  copy: copyInThread,
  rehearse: rehearseInThread,
  check: checkText,
  compile: compileInThread,
  syncLogs: (_, context) => syncLogs(context),
  resolveInterrupted,
  findApplied,
  readAppliedSource,
  acceptEdited,
  baseline,
  markApplied,
};

/**
 * Milliseconds after an answer: by then whoever was answered has given the sentinel back, for which the
 * file system would make it wait while it syncs.
 */
const syncDelayMs = 20;

/**
 * The thread that owns the connections: answers its parent with the given engine, until it ends.
 * @param load given the absolute path of sql.js' wasm file
 */
export async function serveThread(load: (wasm: string) => Engine | Promise<Engine>): Promise<void> {
  const port = parentPort!;
  const { memory, wasm } = workerData as ThreadData;
  const context: ThreadContext = {
    engine: await load(wasm),
    control: new ThreadControl(memory),
    reader: new MigrationReader(),
    logs: new Map(),
    plans: new PlanMemo(),
  };
  const serve = async ({ id, call, ask }: ThreadRequest): Promise<void> => {
    const reply = (message: ThreadReply): void => port.postMessage(message, transferList(message));
    const batcher = new EventBatcher(
      (events) => reply({ id, type: 'events', events }),
      call === 'run' ? (step) => context.control.showStep(step) : undefined,
    );
    try {
      const handler = handlers[call] as UntypedHandler;
      const answer = await handler(ask, context, (event) => batcher.add(event));
      batcher.flush();
      reply({ id, type: 'answer', answer });
    } catch (error) {
      batcher.flush();
      reply({ id, type: 'error', error: errorInfo(error) });
    }
    if (call === 'plan') {
      setImmediate(loadCrypto); // while the sentinel is taken; a run's log needs it
    }
    setTimeout(() => syncLogs(context), syncDelayMs);
  };
  // One at a time: a call that waits for the disk must not find another's connections open.
  let last = Promise.resolve();
  port.on('message', (request: ThreadRequest) => {
    last = last.then(() => serve(request));
  });
}

type UntypedHandler = (
  ask: unknown,
  context: ThreadContext,
  emit: (event: RunEvent) => void,
) => unknown;

function syncLogs({ logs }: ThreadContext): void {
  logs.forEach((log) => log.sync());
}
