import assert from 'node:assert/strict';
import type { Rehearsal } from '../../../src/core/rehearsal/rehearsal';
import type { CannotReason } from '../../../src/core/errors';
import type { TableChange } from '../../../src/core/schema/tableChanges';
import type { RehearsalSummary, RunResult } from '../../../src/core/run/runEvents';
import {
  describeBasis,
  describeCannot,
  describeChanges,
  describeLosses,
  describeRehearsed,
  describeVerdict,
} from '../../../src/messages/rehearsal';
import { describeResult } from '../../../src/messages/run';
import { plainTranslate as t } from '../../../src/messages/text';

describe('the words for a rehearsal', () => {
  /** Every reason; a new one does not compile without. */
  const reasons: Record<CannotReason, RegExp> = {
    module: /needs the module/,
    function: /needs the function/,
    collation: /needs the collation/,
    extension: /loads an extension/,
    newer: /only the newer SQLite/,
    file: /depends on other files/,
    data: /depends on the data/,
    time: /takes too long/,
    memory: /not enough memory/,
    crash: /gave up/,
    copy: /cannot be copied now/,
  };

  it('say why something cannot be tried, with names from outside made harmless', () => {
    for (const [reason, pattern] of Object.entries(reasons)) {
      const about = { migration: '001\u001b[31m_a', reason: reason as CannotReason };
      for (const detail of ['x\n\u001b]0;t\u0007', undefined]) {
        const { message } = describeCannot({ ...about, detail }, t);
        assert.match(message, /^001_a cannot be rehearsed here: .+\.$/);
        assert.match(message, pattern);
        // eslint-disable-next-line no-control-regex
        assert.doesNotMatch(message, /[\u0000-\u001f]|undefined/);
      }
    }
  });

  const summary: RehearsalSummary = {
    verdict: 'works',
    steps: 3,
    works: 3,
    losses: { rows: 0, columns: [], tables: [] },
    copy: 'full',
    engine: { name: 'sqljs', sqliteVersion: '3.54.1' },
    ms: 12,
  };

  it('are quiet about what works, and not about what was not checked', () => {
    assert.equal(describeRehearsed(summary, t).level, 'debug');
    assert.equal(describeRehearsed({ ...summary, verdict: 'schemaOnly' }, t).level, 'info');
    const cannot = { migration: '002_b', reason: 'module', detail: 'fts5' } as const;
    const line = describeRehearsed({ ...summary, verdict: 'cannot', cannot }, t);
    assert.deepEqual(line, {
      level: 'info',
      message: '002_b cannot be rehearsed here: it needs the module fts5.',
    });
  });

  it('say that nothing was changed, and how far it would work', () => {
    const failed: RunResult = {
      outcome: 'failed',
      rehearsed: true,
      applies: '002_b',
      applied: [],
      alreadyApplied: [],
      remaining: [],
      findings: [],
      ms: 1,
      error: { code: 'sql.failed', params: { migration: '003_c', message: 'no such table: d' } },
    };
    const { detail } = describeResult(failed, t);
    assert.equal(
      detail,
      'This was found on a copy; nothing was changed. Up to 002_b it works (--to 002_b).',
    );
    assert.doesNotMatch(describeResult(failed, t, 'down').detail!, /--to/);
  });

  it('name what is deleted, and no more than a few of many', () => {
    assert.equal(describeLosses({ rows: 0, columns: [], tables: [] }, t), undefined);
    assert.equal(
      describeLosses({ rows: 1, columns: ['a.b'], tables: ['t', 'u'] }, t),
      'Deletes 1 row, the column a.b and 2 tables (t, u).',
    );
    assert.equal(
      describeLosses({ rows: 0, columns: [], tables: [], uncounted: ['own'] }, t),
      'Deletes rows of own (how many was not tried).',
    );
    const many = Array.from({ length: 9 }, (_, i) => `t.c${i}`);
    assert.match(describeLosses({ rows: 0, columns: many, tables: [] }, t)!, /t\.c4, …\)\.$/);
  });

  it('say what comes of it, and on what it was tried', () => {
    const base: Rehearsal = {
      verdict: 'works',
      direction: 'up',
      steps: [],
      schemaBefore: [],
      schemaAfter: [],
      tables: [],
      losses: summary.losses,
      findings: [],
      copy: { kind: 'schema', sizeBytes: 3 * 1024 * 1024 * 1024 },
      engine: summary.engine,
      runEngine: { name: 'native', sqliteVersion: '3.53.4' },
      ms: 1,
    };
    assert.equal(describeVerdict(base, t), 'Nothing would be applied.');
    assert.equal(describeVerdict({ ...base, verdict: 'fails' }, t), 'It would be refused.');
    assert.equal(
      describeBasis(base, t),
      'Tried on the schema alone, since the database has 3072 MB, with SQLite 3.54.1; SQLite 3.53.4 will run it.',
    );
  });

  it('say what a migration does to a table', () => {
    const change: TableChange = {
      table: 'notes',
      renamedFrom: 'memos',
      rowsBefore: 3,
      rowsAfter: 3,
      created: false,
      dropped: false,
      rowsAdded: 1,
      rowsRemoved: 1,
      rowsChanged: 2,
      columnsAdded: ['a'],
      columnsRemoved: ['b'],
      columnsRenamed: [{ from: 'c', to: 'd' }],
    };
    const renamed = [
      { change: 'removed', type: 'table', name: 'memos', table: 'memos' },
      { change: 'added', type: 'table', name: 'notes', table: 'notes' },
      { change: 'added', type: 'index', name: 'i', table: 'notes' },
    ] as const;
    assert.deepEqual(describeChanges({ schema: renamed, tables: [change] }, t), [
      'memos is now notes',
      '+ notes.a',
      '− notes.b',
      'notes.c is now d',
      'notes: 1 added, 2 changed, 1 removed',
      '+ index i',
    ]);
  });
});
