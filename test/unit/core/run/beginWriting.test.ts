import assert from 'node:assert/strict';
import { join } from 'node:path';
import type { Connection } from '../../../../src/core/connection';
import { beginWriting, LockWaiter } from '../../../../src/core/run/waitForLock';
import { defaultWaitLimits } from '../../../../src/core/run/runRequest';
import { processIdentity } from '../../../../src/system/process';
import { Claim } from '../../../../src/sqlite/writer/claim';
import { NativeConnectionFactory } from '../../../../src/sqlite/native/nativeConnection';
import { nativeSqlite } from '../../../../src/sqlite/native/nativeModule';
import { removeFolder, temporaryFolder } from '../../../support/sqliteFiles';

describe('beginWriting', () => {
  let folder: string;
  let factory: NativeConnectionFactory;
  let open: number;
  beforeEach(() => {
    folder = temporaryFolder();
    open = 0;
    factory = new NativeConnectionFactory(join(folder, 'a.db'), nativeSqlite()!);
    const openReally = factory.open.bind(factory);
    factory.open = (options) => counted(openReally(options));
  });
  afterEach(() => removeFolder(folder));

  function counted(connection: Connection): Connection {
    const close = connection.close.bind(connection);
    open++;
    connection.close = () => {
      open--;
      close();
    };
    return connection;
  }

  function waiter(sleep: () => void, cancelled = (): boolean => false): LockWaiter {
    const control = {
      sleep,
      get cancelled() {
        return cancelled();
      },
      committing: <T>(work: () => T): T => work(),
    };
    const env = { control, emit: () => undefined, otherHolder: () => undefined };
    return new LockWaiter({ wait: defaultWaitLimits, waitedMs: 0 }, env);
  }

  it('has no connection open while a writer is at work that waits for open ones', () => {
    const claim = Claim.take(factory.path, processIdentity())!;
    const opened: number[] = [];
    const connection = beginWriting(
      factory,
      waiter(() => {
        opened.push(open);
        claim.release();
      }),
    );
    assert.deepEqual(opened, [0]);
    assert.equal(connection.inTransaction, true);
    connection.close();
  });

  it('leaves none open where it gives up', () => {
    const other = factory.open({ foreignKeys: false });
    other.exec('BEGIN IMMEDIATE');
    const cancelled = (): boolean => true;
    assert.throws(
      () =>
        beginWriting(
          factory,
          waiter(() => undefined, cancelled),
        ),
      {
        code: 'run.cancelled',
      },
    );
    assert.equal(open, 1);
    other.close();
  });
});
