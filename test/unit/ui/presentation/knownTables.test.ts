import assert from 'node:assert/strict';
import type { CheckResult } from '../../../../src/core/rehearsal/rehearsal';
import type { TableShape } from '../../../../src/core/schema/schema';
import { describeColumns, describeTable } from '../../../../src/messages/rehearsal';
import { plainTranslate as t } from '../../../../src/messages/text';
import { knownTables, tableNamed } from '../../../../src/ui/presentation/tableNames';

function table(name: string, ...columns: string[]): TableShape {
  return {
    name,
    type: 'table',
    columns: columns.map((column) => {
      const [columnName, type = ''] = column.split(/ (?=[A-Z]+$)/);
      return { name: columnName, type, notNull: false, primaryKey: false };
    }),
  };
}

function result(before: TableShape[], after: TableShape[], kind = 'works'): CheckResult {
  const up = { verdict: { kind } } as CheckResult['up'];
  return { state: 'pending', problems: [], lint: [], notUndone: [], up, before, after };
}

describe('what the tables of a migration are known as', () => {
  const before = [table('a', 'x INT', 'y TEXT'), table('gone', 'x'), table('same', 'x')];
  const after = [table('a', 'x INT', 'z TEXT'), table('made', 'x'), table('same', 'x')];

  it('tells what it makes, changes, drops and leaves alone', () => {
    const tables = knownTables(result(before, after));
    assert.deepEqual(
      tables.map(({ name, change, added, removed }) => [name, change, [...added], [...removed]]),
      [
        ['a', 'changed', ['z'], ['y']],
        ['made', 'created', [], []],
        ['same', undefined, [], []],
        ['gone', 'dropped', [], []],
      ],
    );
    assert.equal(tableNamed(tables, 'MADE')?.name, 'made');
  });

  it('remembers what it made when it last worked, and only that', () => {
    const worked = knownTables(result(before, after));
    const broken = knownTables(result(before, before, 'fails'), worked);
    assert.deepEqual(
      broken.map(({ name, change }) => [name, change]),
      [
        ['a', undefined],
        ['gone', undefined],
        ['same', undefined],
        ['made', 'earlier'],
      ],
    );
    const still = knownTables(result(before, before, 'fails'), broken);
    assert.equal(tableNamed(still, 'made')?.change, 'earlier');
    const mended = knownTables(result(before, before), still);
    assert.equal(tableNamed(mended, 'made'), undefined);
  });

  it('says it in a tooltip, with the columns under each other', () => {
    const [a] = knownTables(result(before, after));
    assert.equal(describeTable(a, t), 'a: table, as this migration leaves it');
    assert.equal(describeColumns(a, t), 'x  INT\nz  TEXT  (new)\nremoved: y');
    const people: TableShape = {
      name: 'people',
      type: 'view',
      columns: [
        { name: 'id', type: 'INTEGER', notNull: false, primaryKey: true },
        { name: 'full_name', type: '', notNull: true, primaryKey: false, default: "'x y'" },
      ],
    };
    const [view] = knownTables(result([people], [people]));
    assert.equal(describeTable(view, t), 'people: view');
    assert.equal(
      describeColumns(view, t),
      "id         INTEGER  primary key\nfull_name           not null, default 'x y'",
    );
  });

  it('shows no line that a name has made up, and not a thousand', () => {
    const wild = table(
      'a\n# b',
      'x\n```\n[y](command:z)',
      ...Array.from({ length: 999 }, (_, i) => `c${i}`),
    );
    const [shown] = knownTables(result([wild], [wild]));
    assert.equal(describeTable(shown, t), 'a # b: table');
    const lines = describeColumns(shown, t).split('\n');
    assert.ok(lines[0].startsWith('x ``` [y](command:z)'), lines[0]);
    assert.equal(lines.length, 61);
    assert.equal(lines.at(-1), 'and 940 more');
  });
});
