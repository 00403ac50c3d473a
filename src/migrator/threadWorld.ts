import type { Engine } from '../sqlite/engine';
import { FileMarkStore } from './fileMarkStore';
import { FileRunLog } from './fileRunLog';
import type { MigrationReader } from './migrationReader';
import type { PlanMemo } from './planMemo';
import type { ThreadControl } from './runControl';
import type { CheckState } from './rehearsal/checkState';
import { Sidecar } from './sidecar';

/** What lives as long as a database thread. */
export interface ThreadWorld {
  readonly engine: Engine;
  readonly control: ThreadControl;
  readonly reader: MigrationReader;
  /** By canonical path; kept so that a log is not read again from its start. */
  readonly logs: Map<string, FileRunLog>;
  readonly plans: PlanMemo;
  /** What is kept between two checks of a text. */
  check?: CheckState;
}

/** The run log of a database. */
export function runLogOf(world: ThreadWorld, path: string): FileRunLog {
  let log = world.logs.get(path);
  if (!log) {
    log = new FileRunLog(new Sidecar(path));
    world.logs.set(path, log);
  }
  return log;
}

/** The running mark of a database. */
export function marksOf(path: string): FileMarkStore {
  return new FileMarkStore(new Sidecar(path));
}
