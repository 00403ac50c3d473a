import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import type { Mark } from '../../../src/core/run/runningMark';
import { FileMarkStore, Sidecar } from '../../../src/migrator/sidecar';
import { processIdentity } from '../../../src/system/process';
import { useScratch } from '../../support/scratch';

describe('FileMarkStore', () => {
  const scratch = useScratch();
  let sidecar: Sidecar;
  let store: FileMarkStore;
  const mark: Mark = {
    migration: { version: '001', id: '001_a', name: 'a' },
    direction: 'up',
    statement: 1,
    statements: 2,
    persisted: 1,
    since: new Date().toISOString(),
    owner: processIdentity(),
  };

  beforeEach(() => {
    sidecar = new Sidecar(scratch.database);
    store = new FileMarkStore(sidecar);
  });

  it('is made once, says what it was told last, and goes with what a killed update left', () => {
    assert.equal(store.create(mark), true);
    assert.equal(store.create(mark), false);
    store.update({ ...mark, statement: 2 });
    assert.equal(store.read()?.statement, 2);
    writeFileSync(`${store.path}.4711.tmp`, '{"half": ');
    const other = sidecar.file('backup.running.json.4711.tmp');
    writeFileSync(other, 'of another mark');
    store.remove();
    assert.equal(store.read(), undefined);
    assert.deepEqual(readdirSync(sidecar.folder).sort(), [
      '.gitignore',
      'app.db.backup.running.json.4711.tmp',
    ]);
  });

  it('removes nothing where there is nothing', () => {
    store.remove();
    assert.ok(!readdirSync(scratch.folder).includes('.lockstep'));
  });
});
