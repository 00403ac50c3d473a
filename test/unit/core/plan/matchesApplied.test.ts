import assert from 'node:assert/strict';
import { acceptedEntry, type LogEntry, newLogEntry } from '../../../../src/core/history/runLog';
import { plain } from '../../../../src/core/formats/plain';
import type { Script } from '../../../../src/core/model';
import { matchesApplied } from '../../../../src/core/plan/reconcile';

const ran = "CREATE TABLE a (x, y TEXT DEFAULT 'a -- b');\nINSERT INTO a VALUES (1, '');\n";
const holder = { kind: 'window', host: 'h', pid: 1 } as const;

function script(text: string): Script {
  return plain.parse([{ path: '/m/001_a.sql', text }])[0].up;
}

function logged(text: string): LogEntry {
  const [migration] = plain.parse([{ path: '/m/001_a.sql', text }]);
  return newLogEntry(
    { direction: 'up', migration: migration },
    { run: 'r', at: 'then', ms: 1, rows: 1, engine: 'native', sqliteVersion: '3', holder },
  );
}

describe('matchesApplied', () => {
  const entry = logged(ran);
  const same = (text: string, by = entry): boolean => matchesApplied(script(text), by);

  it('does not mind comments and blanks', () => {
    assert.ok(same(ran));
    assert.ok(same(ran.replaceAll('\n', '\r\n')));
    assert.ok(same(`-- made by me\n${ran.replace('(x, y', '(\n  x, /* two */\ty')}-- end`));
    assert.ok(same(ran.replace('(1, ', '(1,')));
  });

  it('minds everything else', () => {
    for (const text of [
      ran.replace('x, y', 'x, z'),
      ran.replace('a -- b', 'a --  b'),
      ran.replace('(1, ', '(11, '),
      ran.replace('TEXT DEFAULT', 'TEXTDEFAULT'),
      `${ran};DELETE FROM a;`,
      ran.replace('INSERT', '-- INSERT'),
      '',
      `${ran}/*`,
    ]) {
      assert.ok(!same(text), text);
    }
  });

  it('minds a comment that says how it runs', () => {
    assert.ok(!same(`-- lockstep: transaction:false\n${ran}`));
    assert.ok(!same(`-- lockstep: foreign_keys:true\n${ran}`));
    assert.ok(same(`-- lockstep: transaction:true\n${ran}`));
  });

  it('takes what was accepted, until it is edited again, and what ran at any time', () => {
    const edited = ran.replace('x, y', 'x, z');
    const accepted = acceptedEntry(entry, script(edited), { at: 'now', holder });
    assert.ok(same(edited, accepted));
    assert.ok(same(`-- a word\n${edited}`, accepted), 'a comment more');
    assert.ok(same(ran, accepted), 'put back');
    assert.ok(!same(ran.replace('x, y', 'x, zz'), accepted));
  });

  it('goes by the checksum alone where the text was too long for the log', () => {
    const short = { ...entry, up: { ...entry.up, sql: '' } };
    assert.ok(same(ran, short));
    assert.ok(!same(`-- more\n${ran}`, short));
    assert.ok(!same('', short));
  });
});
