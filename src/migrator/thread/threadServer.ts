import { parentPort, workerData } from 'node:worker_threads';
import { errorInfo } from '../../core/errors';
import type { RunEvent } from '../../core/run/runEvents';
import { loadCrypto } from '../../core/checksum';
import type { Engine } from '../../sqlite/engine';
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
import { acceptEdited, baseline, appliedOf, markApplied, readAppliedSource } from './drift';
import { MigrationReader } from './migrationReader';
import { readStatus, planInThread, readVersions } from './readStatus';
import { compileInThread, copyInThread, rehearseInThread } from './rehearse';
import { restoreInThread } from './restore';
import { resolveInterrupted, runInThread } from './run';
import { PlanMemo, type ThreadContext } from './threadContext';

type Handlers = {
  [C in CallName]: (
    ask: ThreadCalls[C]['ask'],
    emit: Parameters<typeof runInThread>[2],
  ) => ThreadCalls[C]['answer'] | Promise<ThreadCalls[C]['answer']>;
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
  const world: ThreadContext = {
    engine: await load(wasm),
    control: new ThreadControl(memory),
    reader: new MigrationReader(),
    logs: new Map(),
    plans: new PlanMemo(),
  };
  const handlers: Handlers = {
    look: ({ target }) => readStatus(target, world),
    plan: (ask) => planInThread(ask, world),
    probe: ({ paths }) => paths.map((path) => world.engine.probe(path)),
    versions: (ask) => readVersions(ask, world),
    run: (ask, emit) => runInThread(ask, world, emit),
    restore: (ask, emit) => restoreInThread(ask, world, emit),
    about: () => ({ name: world.engine.name, sqliteVersion: world.engine.sqliteVersion }),
    copy: (ask) => copyInThread(ask, world),
    rehearse: (ask, emit) => rehearseInThread(ask, world, emit),
    check: (ask) => checkText(ask, world),
    compile: (ask) => compileInThread(ask, world),
    settle: () => syncLogs(world),
    resolve: (ask) => resolveInterrupted(ask, world),
    applied: (ask) => appliedOf(ask, world),
    ran: (ask) => readAppliedSource(ask, world),
    accept: (ask) => acceptEdited(ask, world),
    baseline: (ask) => baseline(ask, world),
    mark: (ask, emit) => markApplied(ask, world, emit),
  };
  const serve = async ({ id, call, ask }: ThreadRequest): Promise<void> => {
    const reply = (message: ThreadReply): void => port.postMessage(message, transferList(message));
    const told = new StepsTold(
      (events) => reply({ id, type: 'events', events }),
      call === 'run' ? (step) => world.control.showStep(step) : undefined,
    );
    try {
      const handler = handlers[call] as (ask: unknown, emit: unknown) => unknown;
      const answer = await handler(ask, (event: RunEvent) => told.add(event));
      told.send();
      reply({ id, type: 'answer', answer });
    } catch (error) {
      told.send();
      reply({ id, type: 'error', error: errorInfo(error) });
    }
    if (call === 'plan') {
      setImmediate(loadCrypto); // while the sentinel is taken; a run's log needs it
    }
    setTimeout(() => syncLogs(world), syncDelayMs);
  };
  // One at a time: a call that waits for the disk must not find another's connections open.
  let last = Promise.resolve();
  port.on('message', (request: ThreadRequest) => {
    last = last.then(() => serve(request));
  });
}

function syncLogs({ logs }: ThreadContext): null {
  logs.forEach((log) => log.sync());
  return null;
}

/**
 * What a running thread tells its parent. A message for each of a thousand small steps would take as
 * long as the steps, so after the first of a group they are told together, when it is over; which of
 * them has begun is shown meanwhile (see `StepsSeen`). Everything else is told at once, since the thread may be
 * busy with the next statement for long.
 */
export class StepsTold {
  private waiting: RunEvent[] = [];
  private last?: RunEvent['type'];

  /**
   * @param deliver gets what is told, in order
   * @param show gets the number of the step that has begun, 0 when that is to be forgotten; without
   *   it each beginning is told at once
   */
  constructor(
    private readonly deliver: (events: readonly RunEvent[]) => void,
    private readonly show?: (step: number) => void,
  ) {}

  add(event: RunEvent): void {
    const isNext = this.show && event.type === 'stepStarted' && this.last === 'stepStarted';
    this.last = event.type;
    this.waiting.push(event);
    if (event.type !== 'stepDone') {
      this.show?.(event.type === 'stepStarted' ? event.step : 0);
      if (!isNext) {
        this.send();
      }
    }
  }

  send(): void {
    const { waiting } = this;
    if (waiting.length > 0) {
      this.waiting = [];
      this.deliver(waiting);
    }
  }
}
