import {
  type CancellationToken,
  createMessageConnection,
  IPCMessageReader,
  IPCMessageWriter,
  ResponseError,
} from 'vscode-jsonrpc/node';
import { errorInfo } from '../../core/errors';
import {
  type Answer,
  eventsNotification,
  type Handlers,
  leavingNotification,
  type Operation,
  type OperationCall,
  type OperationEvents,
  operations,
} from '../protocol';
import { Service } from './service';

// The entry of a window's migrator process: operations in, the service's answers out.

const connection = createMessageConnection(
  new IPCMessageReader(process),
  new IPCMessageWriter(process),
);
const service = new Service({ threads: __dirname });

for (const operation of Object.keys(operations) as Operation[]) {
  connection.onRequest(operation, (call: OperationCall, token: CancellationToken) =>
    answer(operation, call, token),
  );
}

// Whoever asked is gone, or wants us gone. Nothing may be waited for: SQLite rolls back at the next
// open. A handler that waited would let the statement and the COMMIT after it go through.
process.on('disconnect', die);
process.on('SIGTERM', die);
process.on('SIGINT', die);
process.on('SIGHUP', die);
connection.listen();

/** After the answer the process ends, where a cancelled statement still runs in it. */
async function answer<O extends Operation>(
  operation: O,
  { id, ask }: OperationCall<O>,
  token: CancellationToken,
): Promise<Answer<O>> {
  const handlers: Handlers = service;
  const send = (events: OperationEvents['events']): void =>
    void connection.sendNotification(eventsNotification, { id, events } satisfies OperationEvents);
  try {
    const result = await handlers[operation](ask, { signal: signalOf(token), onEvents: send });
    if (operations[operation].mode === 'alone' && service.needsKill) {
      // Said before the answer, so that no further request is sent to a process about to end.
      await connection.sendNotification(leavingNotification);
      setImmediate(() => void leave());
    }
    return result;
  } catch (error) {
    const info = errorInfo(error);
    throw new ResponseError(1, info.code, info);
  }
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

function signalOf(token: CancellationToken): AbortSignal {
  const controller = new AbortController();
  if (token.isCancellationRequested) {
    controller.abort();
  }
  token.onCancellationRequested(() => controller.abort());
  return controller.signal;
}
