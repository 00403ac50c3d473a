import type { Connection, ConnectionFactory } from '../connection';
import { DatabaseClaimed } from '../connection';
import type { LockWaiter } from './waitForLock';

/**
 * Opens a connection that is in a write transaction, waiting for whoever has one; foreign keys are
 * off. No connection is open while a writer is waited for that waits for open ones, see
 * `DatabaseClaimed`.
 *
 * @throws LockstepError `lock.timeout`, `run.cancelled`
 */
export function beginWriting(factory: ConnectionFactory, waiter: LockWaiter): Connection {
  let connection: Connection | undefined;
  const close = (): void => {
    connection?.close();
    connection = undefined;
  };
  try {
    return waiter.until(() => {
      connection ??= factory.open({ foreignKeys: false });
      try {
        connection.exec('BEGIN IMMEDIATE');
        return connection;
      } catch (error) {
        if (error instanceof DatabaseClaimed) {
          close();
        }
        throw error;
      }
    }, close);
  } catch (error) {
    close();
    throw error;
  }
}
