import assert from 'node:assert/strict';
import {
  type KnownTable,
  nameAt,
  suggestNames,
  tokensAround,
} from '../../../../src/ui/presentation/tableNames';

function table(name: string, columns: string[], change?: KnownTable['change']): KnownTable {
  const shapes = columns.map((column) => ({
    name: column,
    type: 'TEXT',
    notNull: false,
    primaryKey: false,
  }));
  return { name, type: 'table', columns: shapes, change, added: [], removed: [] };
}

const tables = [
  table('people', ['id', 'full name', 'order']),
  table('pets', ['id', 'owner']),
  table('old', ['x'], 'dropped'),
];

/** The names offered where `|` stands. */
function offered(marked: string): string[] | undefined {
  const offset = marked.indexOf('|');
  const text = marked.replace('|', '');
  return suggestNames(text, offset, tables)?.items.map(({ insert }) => insert);
}

describe('names offered while a migration is written', () => {
  const all = ['people', 'pets'];
  const ofPeople = ['id', '"full name"', '"order"'];

  it('offers the columns of what stands before the dot: a table, an alias, quoted', () => {
    assert.deepEqual(offered('SELECT people.| FROM people;'), ofPeople);
    assert.deepEqual(offered('SELECT p.| FROM people p;'), ofPeople);
    assert.deepEqual(offered('SELECT p.i| FROM people AS p JOIN pets q'), ofPeople);
    assert.deepEqual(offered('SELECT "Q".| FROM people AS p JOIN pets q ON 1'), ['id', 'owner']);
    assert.deepEqual(
      offered('CREATE TRIGGER t AFTER INSERT ON pets BEGIN SELECT people.|'),
      ofPeople,
    );
    assert.deepEqual(offered('UPDATE people SET x = people.|'), ofPeople);
    assert.equal(offered('SELECT new.| FROM people'), undefined);
    assert.deepEqual(offered('SELECT main.|'), all);
  });

  it('offers tables, and first the columns of those that the statement names', () => {
    assert.deepEqual(offered('SELECT * FROM |'), all);
    assert.deepEqual(offered('SELECT | FROM pets;'), ['id', 'owner', ...all]);
    assert.deepEqual(offered('SELECT 1 FROM people; SELECT ow| FROM pets; DROP TABLE people'), [
      'id',
      'owner',
      ...all,
    ]);
    assert.deepEqual(offered(''.concat('|')), all);
  });

  it('offers nothing in texts, comments and numbers', () => {
    for (const text of [
      "SELECT 'pe|'",
      '-- pe|',
      'SELECT 1 /* pe| */',
      'SELECT 12|',
      "SELECT 'pe|",
    ]) {
      assert.equal(offered(text), undefined, text);
    }
    assert.deepEqual(offered('-- all\nDROP TABLE |'), all);
    assert.deepEqual(offered('/* all */ DROP TABLE |'), all);
  });

  it('replaces what is written of the name, and counts in UTF-16 units', () => {
    const text = "SELECT '😀é', pe FROM x";
    const end = text.indexOf(' FROM');
    const { start, end: until } = suggestNames(text, end, tables)!;
    assert.equal(text.slice(start, until), 'pe');
  });

  it('does not look at every table for every word of a long statement', () => {
    let asked = 0;
    const many = Array.from({ length: 100 }, (_, n) => {
      const { name, ...shape } = table(`t${n}`, ['x']);
      return Object.defineProperty(shape, 'name', { get: () => (asked++, name) }) as KnownTable;
    });
    const values = Array.from({ length: 1000 }, () => '(NULL)').join(',');
    assert.ok(suggestNames(`INSERT INTO t1 VALUES ${values};`, 12, many));
    assert.ok(asked < 1000, `${asked}`);
  });

  it('finds the name under the mouse', () => {
    const text = '-- 😀 people\r\nSELECT * FROM "pe""ople", [pets];\rDROP TABLE old;';
    const at = (what: string): string | undefined => {
      const offset = text.indexOf(what) + 1;
      return nameAt(tokensAround(text, offset), offset)?.name;
    };
    assert.equal(at('pe""'), 'pe"ople');
    assert.equal(at('pets'), 'pets');
    assert.equal(at('old'), 'old');
    assert.equal(at('people'), undefined);
    assert.equal(at('* '), undefined);
  });
});
