import assert from 'node:assert/strict';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { LogEntry } from '../../../src/core/history/runLog';
import { FileRunLog, Sidecar } from '../../../src/migrator/sidecar';
import { removeFolder, temporaryFolder } from '../../support/sqliteFiles';

describe('FileRunLog', () => {
  let folder: string;
  let log: FileRunLog;
  let sidecar: Sidecar;
  beforeEach(() => {
    folder = temporaryFolder();
    sidecar = new Sidecar(join(folder, 'app.db'));
    log = new FileRunLog(sidecar);
  });
  afterEach(() => removeFolder(folder));

  const entry: LogEntry = {
    v: 1,
    run: 'r',
    at: '2026-11-21T00:00:00.000Z',
    direction: 'up',
    version: '1',
    id: '1_a',
    name: 'a',
    file: '/m/1_a.sql',
    checksum: 'c',
    up: { sql: 'SELECT 1;', transaction: true, foreignKeys: false },
    ms: 1,
    rows: 0,
    engine: 'native',
    sqliteVersion: '3',
    holder: { kind: 'window', host: 'here', pid: 1 },
  };

  it('gives the same entries again, the same object, as long as nothing was added', () => {
    const nothing = log.read();
    assert.equal(nothing.size, 0);
    assert.equal(log.read(), nothing, 'no log is no change either');
    log.append([entry]);
    const one = log.read();
    assert.deepEqual([...one.keys()], ['1']);
    assert.equal(log.read(), one);
    rmSync(sidecar.file('log.jsonl'));
    assert.equal(log.read().size, 0);
    assert.equal(one.size, 1, 'whoever has it keeps it');
  });
});
