import assert from 'node:assert/strict';
import fc from 'fast-check';
import {
  acceptedEntry,
  type LogEntry,
  logLine,
  newLogEntry,
  readLog,
} from '../../../../src/core/history/runLog';
import type { Migration } from '../../../../src/core/model';
import { scriptChecksum } from '../../../../src/core/checksum';
import { dbmate } from '../../../../src/core/formats/dbmate';

const [migration] = dbmate.parse([
  {
    path: '/m/1_a.sql',
    text: '-- why\n-- migrate:up transaction:false\n\n  create table a(x);\n\n-- migrate:down\ndrop table a;\n',
  },
]) as [Migration];

const details = {
  run: 'r1',
  at: '2026-11-21T14:05:06.000Z',
  ms: 1.5,
  rows: 2,
  engine: 'native',
  sqliteVersion: '3.53.4',
  holder: { kind: 'terminal', host: 'h', pid: 7, workspace: 'shop' },
} as const;

function entry(more: Partial<LogEntry> = {}): LogEntry {
  return { ...newLogEntry({ direction: 'up', migration }, details), ...more };
}

describe('newLogEntry', () => {
  it('keeps what ran and its down migration, and nothing around it', () => {
    const { up, down, checksum, file, version, id, holder } = entry();
    assert.deepEqual(up, {
      sql: '  create table a(x);',
      transaction: false,
      foreignKeys: false,
    });
    assert.deepEqual(down, { sql: 'drop table a;', transaction: true, foreignKeys: false });
    assert.equal(checksum, scriptChecksum(migration.up));
    assert.deepEqual([file, version, id], ['/m/1_a.sql', '1', '1_a']);
    assert.deepEqual(holder, details.holder);
  });

  it('has no down migration where the migration has none', () => {
    const oneWay = { ...migration, down: undefined };
    assert.ok(!('down' in newLogEntry({ direction: 'up', migration: oneWay }, details)));
  });

  it('keeps of a holder only what is wanted', () => {
    const holder = { ...details.holder, token: 'secret' };
    const made = newLogEntry({ direction: 'up', migration }, { ...details, holder });
    assert.doesNotMatch(JSON.stringify(made), /secret/);
  });
});

describe('readLog', () => {
  it('reads what was written, the latest of each version', () => {
    const all = [
      entry({ version: '1' }),
      entry({ version: '2' }),
      entry({ version: '1', direction: 'down' }),
      entry({ version: '2', name: 'a\nb "é😀"' }),
    ];
    const latest = readLog(all.map(logLine).join(''));
    assert.deepEqual(
      [...latest.values()],
      [all[2], all[3]].map((one) => JSON.parse(JSON.stringify(one))),
    );
  });

  it('is empty for nothing', () => {
    assert.equal(readLog('').size, 0);
  });

  it('skips garbage and a torn last line', () => {
    const good = logLine(entry());
    for (const bad of [
      '\0\0\0',
      'null',
      '[]',
      '{}',
      '1',
      '{"v":1}',
      good.slice(0, 40),
      '{"v":2}',
      '{"v":2,"version":3}',
    ]) {
      assert.equal(readLog(`${bad}\n${good}`).size, 1, bad);
      assert.equal(readLog(`${good}${bad}`).size, 1, bad);
    }
    assert.equal(readLog(good.slice(0, -2)).size, 0);
    assert.equal(readLog(good.replaceAll('\n', '\r\n')).size, 1);
  });

  it('skips an entry with a part missing or of another type', () => {
    for (const key of Object.keys(entry()).filter((key) => key !== 'down')) {
      for (const value of [undefined, null, {}, []]) {
        assert.equal(readLog(logLine({ ...entry(), [key]: value })).size, 0, key);
      }
    }
    assert.equal(readLog(logLine({ ...entry(), down: 'x' as never })).size, 0);
  });

  it('does not know a version about which a later Lockstep wrote', () => {
    const later = JSON.stringify({ v: 2, version: '1', other: true });
    assert.equal(readLog(`${logLine(entry())}${later}\n`).size, 0);
    assert.equal(readLog(`${later}\n${logLine(entry())}`).size, 1);
  });

  it('survives every cut and every single change', () => {
    const text = logLine(entry({ version: '1' })) + logLine(entry({ version: '2' }));
    fc.assert(
      fc.property(fc.nat(text.length), fc.string({ maxLength: 3 }), fc.nat(5), (at, put, drop) => {
        for (const [, one] of readLog(text.slice(0, at) + put + text.slice(at + drop))) {
          assert.equal(typeof one.up.sql, 'string');
          assert.equal(typeof one.holder.pid, 'number');
        }
      }),
    );
  });

  describe('of an accepted edit', () => {
    const holder = { kind: 'window', host: 'h', pid: 8, workspace: 'shop' } as const;
    const edited = { ...migration.up, text: 'create table a(x, y);' };
    const applied = entry();
    const accepted = acceptedEntry(applied, edited, { at: '2026-11-22T00:00:00.000Z', holder });
    const read = (...entries: LogEntry[]): LogEntry | undefined =>
      readLog(entries.map(logLine).join('')).get('1');

    it('takes the new checksum, and still says what ran, when and by whom', () => {
      const { checksum, up, at, run, holder: by, accepted: said } = read(applied, accepted)!;
      assert.equal(checksum, scriptChecksum(edited));
      assert.deepEqual([up, at, run, by], [applied.up, applied.at, 'r1', details.holder]);
      assert.equal(said?.ran, applied.checksum);
      assert.deepEqual(said.holder, holder);
    });

    it('may be accepted again and again', () => {
      const more = { ...edited, text: 'create table a(x, y, z);' };
      const again = acceptedEntry(accepted, more, { at: 'later', holder });
      assert.equal(read(applied, accepted, again)?.checksum, scriptChecksum(more));
      assert.equal(read(applied, accepted, again)?.accepted?.ran, applied.checksum);
    });

    it('counts for no other application', () => {
      const undone = entry({ direction: 'down' });
      const second = entry({ run: 'r2', at: '2026-11-23T00:00:00.000Z' });
      assert.equal(read(applied, undone, accepted)?.direction, 'down');
      assert.equal(read(applied, undone, second, accepted)?.run, 'r2');
      assert.equal(read(applied, undone, second, accepted)?.accepted, undefined);
      assert.equal(read(accepted), undefined, 'what it is about is lost');
    });

    it('is an application like any other to a Lockstep that does not know of it', () => {
      const rest = { ...accepted, accepted: undefined };
      assert.deepEqual(JSON.parse(logLine(rest)), { ...applied, checksum: accepted.checksum });
      assert.equal(rest.v, 1);
    });

    it('is skipped where it is damaged', () => {
      const torn = { ...accepted, accepted: { at: 5 } } as unknown as LogEntry;
      assert.equal(read(applied, torn)?.checksum, applied.checksum);
    });
  });
});
