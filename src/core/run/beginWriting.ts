import type { Connection, ConnectionFactory } from '../connection';
import { DatabaseClaimed } from '../connection';
import type { LockWaiter } from './waitForLock';

/**
 * Begins a write transaction, waiting for whoever has one. No connection is open while a writer is
 * waited for that waits for open ones, see `DatabaseClaimed`.
 *
 * @param connect the connection that is open, or a new one
 * @param abandon closes it
 * @throws LockstepError `lock.timeout`, `run.cancelled`
 */
export function beginOn(
  connect: () => Connection,
  abandon: () => void,
  waiter: LockWaiter,
): Connection {
  return waiter.until(() => {
    const connection = connect();
    try {
      connection.exec('BEGIN IMMEDIATE');
      return connection;
    } catch (error) {
      if (error instanceof DatabaseClaimed) {
        abandon();
      }
      throw error;
    }
  }, abandon);
}

/**
 * Opens a connection that is in a write transaction; foreign keys are off.
 *
 * @throws as {@link beginOn}
 */
export function beginWriting(factory: ConnectionFactory, waiter: LockWaiter): Connection {
  let connection: Connection | undefined;
  const close = (): void => {
    connection?.close();
    connection = undefined;
  };
  try {
    return beginOn(() => (connection ??= factory.open({ foreignKeys: false })), close, waiter);
  } catch (error) {
    close();
    throw error;
  }
}
