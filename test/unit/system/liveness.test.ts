import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { liveness, processIdentity, processStart } from '../../../src/system/process';
import { ProcessTable } from '../../../src/lock/staleLockDetector';
import { deadPid } from '../../support/lockFixtures';

describe('liveness', () => {
  const me = processIdentity();

  it('says of this process that it lives', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    assert.equal(liveness(me), 'alive');
    assert.deepEqual(processIdentity(), me);
  });

  it('says of one that has ended that it is dead', () => {
    assert.equal(liveness({ ...me, pid: deadPid() }), 'dead');
  });

  it('is not fooled by a program that got the same pid later', () => {
    assert.equal(liveness({ ...me, started: '1' }), 'dead');
  });

  it('counts a stopped process as living', function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    const child = spawn('sleep', ['60']);
    const start = processStart(child.pid!);
    child.kill('SIGSTOP');
    const started = start.exists ? start.started : undefined;
    assert.equal(liveness({ ...me, pid: child.pid!, started }), 'alive');
    child.kill('SIGKILL');
  });

  it('does not compare pids of different machines, boots or containers', () => {
    assert.equal(liveness({ ...me, machine: `${me.machine}x` }), 'elsewhere');
    assert.equal(liveness({ ...me, pid: deadPid(), machine: '' }), 'elsewhere');
  });

  it('does not vouch for a pid whose start nobody knows', () => {
    assert.equal(liveness({ ...me, started: undefined }), 'elsewhere');
    const seen = { exists: true, started: undefined } as const;
    assert.equal(
      liveness(me, me.machine, () => seen),
      'elsewhere',
    );
  });
});

describe('ProcessTable', () => {
  it('asks each time where asking is cheap', () => {
    let asked = 0;
    const table = new ProcessTable(
      'linux',
      () => 0,
      () => (asked++, { exists: false }),
    );
    table.start(1);
    table.start(1);
    assert.equal(asked, 2);
  });

  it('remembers for a second on macOS, but never that a process exists', () => {
    let asked = 0;
    let now = 0;
    const start = { exists: true, started: '1' } as const;
    const table = new ProcessTable(
      'darwin',
      () => now,
      () => (asked++, start),
    );
    table.start(process.pid);
    table.start(process.pid);
    assert.equal(asked, 1);
    now = 1_001;
    table.start(process.pid);
    assert.equal(asked, 2);
    const dead = deadPid();
    table.start(dead);
    table.start(dead);
    assert.equal(asked, 4);
  });
});
