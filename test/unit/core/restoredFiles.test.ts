import assert from 'node:assert/strict';
import { restoredFiles } from '../../../src/core/drift';
import { dbmate } from '../../../src/core/formats/dbmate';
import { plain } from '../../../src/core/formats/plain';
import { type LoggedScript, newLogEntry } from '../../../src/core/history/runLog';
import type { Migration } from '../../../src/core/model';
import { scriptSql } from '../../../src/core/sql/script';
import { matchesApplied } from '../../../src/core/plan/reconcile';

const holder = { kind: 'window', host: 'h', pid: 1 } as const;
const details = { run: 'r', at: 'then', ms: 1, rows: 1, engine: 'native', holder } as const;

function back(format: typeof plain, name: string, migration: Migration): Migration {
  const entry = newLogEntry({ direction: 'up', migration }, { ...details, sqliteVersion: '3' });
  const files = restoredFiles(format.name, name, entry)!;
  const sources = files.map(({ fileName, text }) => ({ path: `/m/${fileName}`, text }));
  const [found, ...more] = format.parse(sources);
  assert.deepEqual(more, []);
  assert.ok(matchesApplied(found.up, entry));
  return found;
}

describe('restoredFiles', () => {
  it('gives plain files that say what ran, with their options', () => {
    const [ran] = plain.parse([
      { path: '/m/007_a.sql', text: '\n-- lockstep: transaction:false\nVACUUM;\n\n' },
      { path: '/m/007_a.down.sql', text: 'SELECT 1;' },
    ]);
    const found = back(plain, '007_a.sql', ran);
    assert.equal(found.up.transaction, false);
    assert.equal(scriptSql(found.down!), 'SELECT 1;');
    const up = { sql: 'x', transaction: true, foreignKeys: false };
    assert.deepEqual(
      restoredFiles('plain', '7_a.up.sql', { up, down: up })!.map(({ fileName }) => fileName),
      ['7_a.up.sql', '7_a.down.sql'],
    );
  });

  it('gives one file in dbmate’s layout, also of several sections', () => {
    const [ran] = dbmate.parse([
      {
        path: '/m/20260101000000_a.sql',
        text: '-- migrate:up transaction:false\nA;\n-- migrate:down\nB;\n-- migrate:up\nC\n-- migrate:down\nD',
      },
    ]);
    const found = back(dbmate, '20260101000000_a.sql', ran);
    assert.deepEqual([found.up.transaction, found.up.foreignKeys], [false, false]);
    assert.match(scriptSql(found.up), /^A;\n;\nC$/);
    assert.match(scriptSql(found.down!), /^D\n;\nB;$/);
  });

  it('has nothing to give where the text was not kept', () => {
    const up: LoggedScript = { sql: '', transaction: true, foreignKeys: false };
    assert.equal(restoredFiles('plain', '1_a.sql', { up }), undefined);
  });
});
