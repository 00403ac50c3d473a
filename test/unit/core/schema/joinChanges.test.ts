import assert from 'node:assert/strict';
import { joinChanges, lossesOf, type TableChange } from '../../../../src/core/schema/tableChanges';

const nothing = {
  created: false,
  dropped: false,
  rowsAdded: 0,
  rowsRemoved: 0,
  rowsChanged: 0,
  columnsAdded: [],
  columnsRemoved: [],
  columnsRenamed: [],
};
const change = (table: string, of: Partial<TableChange>): TableChange => ({
  ...nothing,
  table,
  ...of,
});

describe('what several steps do to tables', () => {
  it('adds up, from the first number of rows to the last', () => {
    const [only, ...others] = joinChanges([
      [change('t', { rowsBefore: 3, rowsAfter: 5, rowsAdded: 2 })],
      [change('t', { rowsBefore: 5, rowsAfter: 1, rowsRemoved: 4 })],
    ]);
    assert.deepEqual(others, []);
    assert.deepEqual(only, {
      ...nothing,
      table: 't',
      rowsBefore: 3,
      rowsAfter: 1,
      rowsAdded: 2,
      rowsRemoved: 4,
    });
    // Of four removed one at least was new.
    assert.equal(lossesOf([only]).rows, 3);
  });

  it('forgets what came and went', () => {
    assert.deepEqual(
      joinChanges([
        [change('t', { created: true, rowsAfter: 2, rowsAdded: 2 })],
        [change('t', { dropped: true, rowsBefore: 2, rowsRemoved: 2 })],
      ]),
      [],
    );
  });

  it('follows names, also where two tables swap theirs', () => {
    const joined = joinChanges([
      [change('u', { renamedFrom: 't', rowsBefore: 1, rowsAfter: 1 })],
      [
        change('u', { renamedFrom: 'w', rowsBefore: 7, rowsAfter: 7 }),
        change('w', { renamedFrom: 'u', rowsBefore: 1, rowsAfter: 0, rowsRemoved: 1 }),
      ],
    ]);
    assert.deepEqual(
      joined.map(({ table, renamedFrom, rowsBefore }) => [table, renamedFrom, rowsBefore]),
      [
        ['u', 'w', 7],
        ['w', 't', 1],
      ],
    );
  });

  it('knows a table that is made anew for another one of that name', () => {
    const [made] = joinChanges([
      [change('t', { dropped: true, rowsBefore: 4, rowsRemoved: 4 })],
      [change('t', { created: true, rowsAfter: 1, rowsAdded: 1 })],
    ]);
    assert.deepEqual([made.created, made.rowsBefore, made.rowsAfter], [false, 4, 1]);
    assert.equal(lossesOf([made]).rows, 4);
  });

  it('follows columns: added and gone again, renamed twice', () => {
    const [only] = joinChanges([
      [change('t', { columnsAdded: ['x', 'y'], columnsRenamed: [{ from: 'a', to: 'b' }] })],
      [
        change('t', {
          columnsRemoved: ['x'],
          columnsRenamed: [
            { from: 'b', to: 'c' },
            { from: 'y', to: 'z' },
          ],
        }),
      ],
      [change('t', { columnsRemoved: ['c', 'd'], rowsBefore: 1 })],
    ]);
    assert.deepEqual(
      [only.columnsAdded, only.columnsRemoved, only.columnsRenamed],
      [['z'], ['a', 'd'], []],
    );
  });
});

describe('losses', () => {
  it('counts only what was there', () => {
    assert.deepEqual(
      lossesOf([
        change('new', { created: true, rowsAdded: 2, rowsRemoved: 1, columnsRemoved: ['a'] }),
        change('empty', { dropped: true, rowsBefore: 0 }),
        change('bare', { rowsBefore: 0, rowsAfter: 0, columnsRemoved: ['b'] }),
        change('gone', { dropped: true, rowsBefore: 2, rowsRemoved: 2 }),
        change('less', { rowsBefore: 5, rowsAfter: 4, rowsRemoved: 1, columnsRemoved: ['c'] }),
      ]),
      { rows: 3, columns: ['less.c'], tables: ['gone'] },
    );
  });

  it('takes no chances where the rows are not known', () => {
    assert.deepEqual(lossesOf([change('t', { dropped: true, columnsRemoved: [] })]), {
      rows: 0,
      columns: [],
      tables: ['t'],
    });
  });
});
