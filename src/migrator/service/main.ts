import {
  type CancellationToken,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { errorInfo } from '../../core/errors';
import type { RunEvent } from '../../core/run/runEvents';
import {
  acceptEditedRequest,
  attemptRequest,
  backupsRequest,
  breakLockRequest,
  checkRequest,
  compareSchemaRequest,
  discoverRequest,
  leavingNotification,
  lockRequest,
  markAppliedRequest,
  newMigrationRequest,
  previewRequest,
  ranRequest,
  resolveInterruptedRequest,
  restoreFileRequest,
  restoreRequest,
  runEventsNotification,
  runRequest,
  statusRequest,
  locateMissingFilesRequest,
} from '../protocol';
import { Service } from './service';

// The entry of a window's migrator process: requests in, the service's answers out.

const connection = createMessageConnection(
  new IPCMessageReader(process),
  new IPCMessageWriter(process),
);
const service = new Service({ threads: __dirname });

connection.onRequest(discoverRequest, (request, token) =>
  answer(service.discover(request, signalOf(token))),
);
connection.onRequest(statusRequest, (target) => answer(service.status(target)));
connection.onRequest(lockRequest, ({ database }) => answer(service.lock(database)));
connection.onRequest(breakLockRequest, ({ database, force }) =>
  answer(service.breakLock(database, force)),
);
connection.onRequest(resolveInterruptedRequest, ({ target, decision }) =>
  answer(service.resolveInterrupted(target, decision)),
);
connection.onRequest(ranRequest, (migration) => answer(service.drift.ran(migration)));
connection.onRequest(acceptEditedRequest, (edit) => answer(service.drift.acceptEdited(edit)));
connection.onRequest(locateMissingFilesRequest, (target) =>
  answer(service.drift.locateMissingFiles(target)),
);
connection.onRequest(restoreFileRequest, (migration) =>
  answer(service.drift.restoreFile(migration)),
);
connection.onRequest(compareSchemaRequest, (request, token) =>
  answer(service.drift.compareSchema(request, signalOf(token))),
);
connection.onRequest(markAppliedRequest, (request, token) =>
  thenLeave(service.markApplied(request, signalOf(token))),
);
connection.onRequest(newMigrationRequest, (request) => answer(service.newMigration(request)));
connection.onRequest(backupsRequest, ({ database }) => answer(service.backups(database)));
connection.onRequest(runRequest, ({ runId, run }, token) =>
  withEvents(runId, (send) => service.run(run, send, signalOf(token))),
);
connection.onRequest(restoreRequest, ({ runId, restore }, token) =>
  withEvents(runId, (send) => service.restore(restore, send, signalOf(token))),
);
connection.onRequest(previewRequest, (request, token) =>
  answer(service.preview(request, signalOf(token))),
);
connection.onRequest(checkRequest, (request, token) =>
  answer(service.check(request, signalOf(token))),
);
connection.onRequest(attemptRequest, ({ request, folder }) =>
  answer(service.attempt(request, folder)),
);

// Whoever asked is gone, or wants us gone. Nothing may be waited for: SQLite rolls back at the next
// open. A handler that waited would let the statement and the COMMIT after it go through.
process.on('disconnect', die);
process.on('SIGTERM', die);
process.on('SIGINT', die);
process.on('SIGHUP', die);
connection.listen();

/** Sends what happens, all of it before the answer. */
function withEvents<T>(
  runId: number,
  work: (send: (event: RunEvent) => void) => Promise<T>,
): Promise<T> {
  const outbox = new EventOutbox((events) => {
    void connection.sendNotification(runEventsNotification, { runId, events });
  });
  return thenLeave(work((event) => outbox.add(event)).finally(() => outbox.send()));
}

/** The answer, after which the process ends where a cancelled statement still runs in it. */
async function thenLeave<T>(work: Promise<T>): Promise<T> {
  const result = await answer(work);
  if (service.needsKill) {
    // Said before the answer, so that no further request is sent to a process about to end.
    await connection.sendNotification(leavingNotification);
    setImmediate(() => void leave());
  }
  return result;
}

/** Ends the process after what was sent has left it. */
async function leave(): Promise<void> {
  await connection.sendNotification(leavingNotification);
  die();
}

function die(): void {
  service.releaseNow();
  process.kill(process.pid, 'SIGKILL');
}

async function answer<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    const info = errorInfo(error);
    throw new ResponseError(1, info.code, info);
  }
}

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) {
    controller.abort();
  }
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}

/** Sends together what happens together: a message costs as much as many events in it. */
class EventOutbox {
  private events: RunEvent[] = [];
  private timer: NodeJS.Immediate | undefined;

  constructor(private readonly deliver: (events: readonly RunEvent[]) => void) {}

  /** Sent as soon as this thread has taken in what else has come. */
  add(event: RunEvent): void {
    this.events.push(event);
    this.timer ??= setImmediate(() => this.send());
  }

  /** Sends what is left now, if anything is. */
  send(): void {
    clearImmediate(this.timer);
    this.timer = undefined;
    const { events } = this;
    if (events.length > 0) {
      this.events = [];
      this.deliver(events);
    }
  }
}
