import type { Connection } from '../core/connection';
import { LockstepError } from '../core/errors';
import type { DatabaseLook } from '../core/status';
import { databaseFiles, sameFiles } from './databaseFiles';
import type { FoundFiles } from './findFiles';
import { findFiles } from './findFiles';
import { lookFailure } from './lookFailure';
import type { LookPlan } from './lookPlan';
import { lookPlan } from './lookPlan';
import type { LookResult } from './lookResult';
import type { NativeModule } from './nativeSqlite';
import { nativeSqlite } from './nativeSqlite';
import { nativeVersion } from './nativeVersion';
import { readOnlyConnection } from './readOnlyConnection';
import { sleep } from './sleep';
import { withoutTraces } from './withoutTraces';

const turns = 5;
/** Milliseconds a look waits for another connection. */
const timeout = 200;
/** Milliseconds. File times are as coarse as the kernel's tick: two writes in one look like one. */
const tick = 20;

/**
 * Looks at a database through `node:sqlite` and leaves nothing behind: no `-wal`, no `-shm`, no
 * recovered journal, no changed byte, also in a folder that may not be written.
 *
 * @param read must only read; called again when the file changed meanwhile
 * @throws what `read` throws, unless it is SQLite's word on the file
 * @throws LockstepError `engine.unavailable`
 */
export function look<T>(
  path: string,
  read: (connection: Connection) => T,
  sqlite: NativeModule | undefined = nativeSqlite(),
): LookResult<T> {
  if (!sqlite) {
    throw new LockstepError('engine.unavailable', { engine: 'native' });
  }
  const sqliteVersion = nativeVersion(sqlite);
  for (let turn = 1; turn <= turns; turn++) {
    const found = findFiles(path);
    if ('state' in found) {
      return { ...found, sqliteVersion };
    }
    const seen = lookOnce(found, turn === turns, read, sqlite);
    if (seen) {
      return { sizeBytes: Number(found.files.main.size), ...seen, sqliteVersion };
    }
    sleep(tick);
  }
  return { state: 'busy', sqliteVersion };
}

type Look<T> = DatabaseLook & { readonly value?: T };

/** One look; `undefined` when it was in vain. */
function lookOnce<T>(
  found: FoundFiles,
  patient: boolean,
  read: (connection: Connection) => T,
  sqlite: NativeModule,
): Look<T> | undefined {
  const began = Date.now();
  let plan: LookPlan | undefined;
  try {
    const decided = lookPlan(found.path, found.files, patient, sqlite);
    if (decided === 'needsRecovery') {
      return sameFiles(found.files, databaseFiles(found.path)) ? { state: decided } : undefined;
    }
    plan = decided;
    const seen =
      plan.access === 'plain'
        ? withoutTraces(sqlite, found.path, found.files, () =>
            readThrough(decided, found, read, sqlite),
          )
        : readThrough(plan, found, read, sqlite);
    return plan.access !== 'immutable' || isStill(found, began) ? seen : undefined;
  } catch (error) {
    const certain = (plan && plan.access !== 'immutable') || isStill(found, began);
    return certain ? lookFailure(error) : undefined;
  }
}

function readThrough<T>(
  { access, journalMode }: LookPlan,
  { path, files }: FoundFiles,
  read: (connection: Connection) => T,
  sqlite: NativeModule,
): Look<T> {
  const connection = readOnlyConnection(sqlite, path, files.main, access, timeout);
  try {
    // one snapshot for all that is read
    connection.exec('BEGIN');
    const mode = journalMode ?? String(connection.get('PRAGMA journal_mode')!.journal_mode);
    if (!connection.get('SELECT 1 FROM sqlite_master LIMIT 1')) {
      return { state: 'empty', journalMode: mode };
    }
    return { state: 'ok', journalMode: mode, value: read(connection) };
  } finally {
    connection.close();
  }
}

/** Whether nobody wrote since the files were found at about `began`. */
function isStill({ path, files }: FoundFiles, began: number): boolean {
  const age = began - Number(files.main.mtimeNs / 1_000_000n);
  const isFresh = Math.abs(age) < tick;
  return !isFresh && sameFiles(files, databaseFiles(path));
}
