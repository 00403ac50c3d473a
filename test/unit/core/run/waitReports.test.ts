import assert from 'node:assert/strict';
import { waitReports } from '../../../../src/core/run/waitForLock';

describe('waitReports', () => {
  it('reports at once, then at growing gaps of at most five seconds, ever louder', () => {
    const reports = waitReports();
    const seen: string[] = [];
    for (let ms = 0; ms <= 25_000; ms += 50) {
      const level = reports.due(ms);
      if (level) {
        seen.push(`${ms} ${level}`);
      }
    }
    assert.deepEqual(seen, [
      '0 debug',
      '250 debug',
      '750 debug',
      '1750 info',
      '3750 info',
      '7750 warning',
      '12750 warning',
      '17750 warning',
      '22750 warning',
    ]);
  });

  it('does not catch up on what it had no occasion to say', () => {
    const reports = waitReports();
    assert.equal(reports.due(0), 'debug');
    assert.equal(reports.due(30_000), 'warning');
    assert.equal(reports.due(30_001), undefined);
  });
});
