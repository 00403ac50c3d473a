import assert from 'node:assert/strict';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { parseProcStat, parsePs, processStart } from '../../../src/system/process';
import { deadPid } from '../../support/lockFixtures';

describe('processStart', () => {
  it('finds this process, always the same', () => {
    const start = processStart(process.pid);
    assert.ok(start.exists);
    assert.deepEqual(processStart(process.pid), start);
    assert.equal(start.started !== undefined, process.platform !== 'win32');
  });

  it('does not find one that has ended', () => {
    assert.deepEqual(processStart(deadPid()), { exists: false });
  });

  it('does not count a zombie', async function () {
    if (process.platform !== 'linux') {
      this.skip();
    }
    // A stopped shell does not ask how its child ended.
    const parent = spawn('sh', ['-c', 'sleep 60 & echo $!; kill -STOP $$'], { stdio: 'pipe' });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pid = Number(line);
    try {
      while (!/\) T /.test(readFileSync(`/proc/${parent.pid}/stat`, 'latin1'))) {
        await sleep(1);
      }
      process.kill(pid, 'SIGKILL');
      while (processStart(pid).exists) {
        await sleep(1);
      }
      assert.equal(process.kill(pid, 0), true, 'still there, as a zombie');
    } finally {
      parent.kill('SIGKILL');
    }
  });

  it('only knows whether a process exists where nothing tells more', () => {
    assert.deepEqual(processStart(process.pid, 'win32'), { exists: true, started: undefined });
  });

  it('reads /proc/<pid>/stat, whatever the program is called', () => {
    const rest = '1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 4242 20 21';
    for (const name of ['node', 'a b', ')', ') Z 1 2 (', '(x))']) {
      const stat = `77 (${name}) S ${rest}`;
      assert.deepEqual(parseProcStat(stat), { exists: true, started: '4242' });
    }
    assert.deepEqual(parseProcStat(`77 (node) Z ${rest}`), { exists: false });
    assert.deepEqual(parseProcStat(`77 (node) X ${rest}`), { exists: false });
  });

  it('reads what ps says on macOS', () => {
    const started = String(Date.UTC(2026, 10, 1, 14, 9, 7) / 1000);
    assert.deepEqual(parsePs('S+   Sun Nov  1 14:09:07 2026    \n'), { exists: true, started });
    assert.deepEqual(parsePs('Z    Sun Nov  1 14:09:07 2026\n'), { exists: false });
    assert.deepEqual(parsePs(''), { exists: false });
    assert.deepEqual(parsePs('S+ whenever'), { exists: true, started: undefined });
  });
});
