import assert from 'node:assert/strict';
import type {
  Rehearsal,
  RehearsedStep,
  StepVerdict,
} from '../../../../src/core/rehearsal/rehearsal';
import type { TableChange } from '../../../../src/core/schema/tableChanges';
import { plainTranslate as t } from '../../../../src/messages/text';
import { summary, type SummaryLine } from '../../../../src/ui/presentation/summary';

const change: TableChange = {
  table: 'users',
  rowsBefore: 1500,
  rowsAfter: 296,
  created: false,
  dropped: false,
  rowsAdded: 0,
  rowsRemoved: 1204,
  rowsChanged: 0,
  columnsAdded: [],
  columnsRemoved: ['phone'],
  columnsRenamed: [],
};
const tags: TableChange = {
  ...change,
  ...{ table: 'tags', created: true, rowsBefore: undefined, rowsAfter: 2 },
  ...{ rowsAdded: 2, rowsRemoved: 0, columnsRemoved: [] },
};

function step(
  id: string,
  verdict: StepVerdict,
  tables: readonly TableChange[] = [],
): RehearsedStep {
  const migration = { version: id.slice(0, 3), id, name: id, file: `/m/${id}.sql` };
  return { migration, direction: 'up', verdict, ms: 3, schema: [], tables };
}

function rehearsal(change: Partial<Rehearsal>): Rehearsal {
  const engine = { name: 'sqljs', sqliteVersion: '3.54.1' } as const;
  return {
    verdict: 'works',
    direction: 'up',
    steps: [],
    schemaBefore: [],
    schemaAfter: [],
    tables: [],
    losses: { rows: 0, columns: [], tables: [] },
    findings: [],
    copy: { kind: 'full', sizeBytes: 2 * 1024 * 1024 },
    engine,
    runEngine: engine,
    ms: 41,
    ...change,
  };
}

const works = { kind: 'works' } as const;

describe('the summary of a preview', () => {
  /** As they would be in a wide window. */
  const unwrapped = (lines: readonly SummaryLine[]): string[] =>
    lines.reduce<string[]>(
      (all, { text }) =>
        text.startsWith('  ')
          ? [...all.slice(0, -1), `${all.at(-1)} ${text.trim()}`]
          : [...all, text],
      [],
    );
  const texts = (change: Partial<Rehearsal>): string[] => unwrapped(summary(rehearsal(change), t));

  it('says first what comes of it, what is deleted, and what of all together', () => {
    const steps = [step('001_less', works, [change]), step('002_tags', works, [tags])];
    const losses = { rows: 1204, columns: ['users.phone'], tables: [] };
    assert.deepEqual(texts({ steps, losses, tables: [tags, change] }), [
      '2 migrations would be applied.',
      'Deletes 1,204 rows and the column users.phone.',
      '',
      '− users.phone',
      'users: 1,204 removed',
      '+ table tags (2 rows)',
      '',
      '✓ 001_less  3 ms  − users.phone; users: 1,204 removed',
      '✓ 002_tags  3 ms  + table tags (2 rows)',
      '',
      'Tried on a copy (2 MB) with SQLite 3.54.1. 41 ms.',
    ]);
  });

  it('leads to the statement that fails, and says how far it works', () => {
    const place = { file: '/m/002_b.sql', line: 3, column: 5 };
    const error = { code: 'sql.failed', params: { message: 'no such table: b' }, place } as const;
    const fails = { kind: 'fails', error } as const;
    const steps = [
      step('001_a', works),
      step('002_b', fails),
      step('003_c', { kind: 'notReached' }),
    ];
    const lines = summary(rehearsal({ verdict: 'fails', steps, error, applies: '001_a' }), t);
    assert.deepEqual(unwrapped(lines).slice(0, 6), [
      'It would fail at 002_b.',
      '002_b.sql, line 3: no such table: b.',
      'The one before it works. What follows is the schema after it.',
      '',
      '✓ 001_a  3 ms',
      '✗ 002_b  fails',
    ]);
    assert.deepEqual(lines[1].link, { text: '002_b.sql', ...place });
    assert.ok(lines.every(({ text }) => text.length <= 46));
    assert.deepEqual(lines[5].link, { text: '001_a', file: '/m/001_a.sql' });
    assert.ok(lines.every(({ text, link }) => !link || text.includes(link.text)));
  });

  it('says what could not be checked, and by what it was tried', () => {
    const cannot = { kind: 'cannot', reason: 'module', detail: 'fts5' } as const;
    const steps = [step('001_a', works), step('002_fts', cannot)];
    const copy = { kind: 'schema', sizeBytes: 80 * 1024 * 1024 } as const;
    const found = texts({ verdict: 'cannot', steps, copy });
    assert.equal(found[1], '002_fts cannot be rehearsed here: it needs the module fts5.');
    assert.ok(found.includes('? 002_fts  not checked'));
    assert.match(found.at(-1)!, /^Tried on the schema alone, since the database has 80 MB/);
  });

  it('stays short with a thousand migrations, and leaves out none that matters', () => {
    const steps = Array.from({ length: 1000 }, (_, i) => step(`${i}_m`, works));
    const cannot = { kind: 'cannot', reason: 'file' } as const;
    steps[998] = step('998_file', cannot);
    steps[900] = step('900_less', works, [change]);
    const tables = Array.from({ length: 500 }, (_, i) => ({ ...tags, table: `t${i}` }));
    const found = texts({ verdict: 'cannot', steps, tables: [...tables, change] });
    assert.ok(found.length < 45, String(found.length));
    assert.ok(found.some((text) => text.startsWith('? 998_file')));
    assert.ok(found.some((text) => text.startsWith('✓ 900_less')));
    assert.ok(found.includes('− users.phone'), 'what is lost comes first');
    assert.ok(found.includes('… and 980 more'));
  });
});
