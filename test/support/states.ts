import { join } from 'node:path';
import type { Holder, MigrationRef, Status } from '../../src/core/model';
import type { RunResult } from '../../src/core/run/runEvents';
import type { Project } from '../../src/workspace/project';
import type { ProjectState } from '../../src/workspace/projectState';
import { native } from './paths';

/** Data as the migrator gives it, for tests of what is made of it. */
export const folder = native('/shop/migrations');
const database = native('/shop/app.db');

export function migration(id: string): MigrationRef {
  const [version = id, name = id] = id.split('_');
  return { version, id, name, file: join(folder, `${id}.sql`) };
}

export function status(change: Partial<Status> = {}): Status {
  return {
    target: { database, folders: [folder] },
    path: database,
    format: 'plain',
    look: { state: 'ok', journalMode: 'wal' },
    engine: { name: 'native', sqliteVersion: '3.53.4' },
    history: [],
    pending: [],
    findings: [],
    lock: { kind: 'free' },
    ...change,
  };
}

export function pending(...ids: string[]): Status['pending'] {
  return ids.map((id) => ({ ...migration(id), reversible: true }));
}

export function applied(id: string, change: object = {}): Status['history'][number] {
  return { migration: migration(id), file: 'unchanged', reversible: true, ...change };
}

export function state(change: Partial<ProjectState> = {}): ProjectState {
  return {
    target: { database, folders: [folder], format: 'plain', because: 'history' },
    lock: { kind: 'free' },
    ...change,
  };
}

/** As much of a project as what only shows it needs. */
export function project(change: Partial<ProjectState> = {}): Project {
  return { key: 'key', name: 'app.db', state: state(change), isRunning: false } as Project;
}

export function holder(change: Partial<Holder> = {}): Holder {
  return {
    kind: 'window',
    workspace: 'shop',
    version: '0.1.0',
    pid: 4711,
    host: 'laptop',
    machine: 'm',
    token: 't',
    since: '2026-01-02T10:00:00.000Z',
    ...change,
  };
}

export function result(change: Partial<RunResult> = {}): RunResult {
  return {
    outcome: 'done',
    applied: [],
    alreadyApplied: [],
    remaining: [],
    findings: [],
    ms: 5,
    ...change,
  };
}
