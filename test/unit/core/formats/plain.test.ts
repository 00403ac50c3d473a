import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { LockstepError } from '../../../../src/core/errors';
import type { SourceFile } from '../../../../src/core/formats/format';
import { plain } from '../../../../src/core/formats/plain';
import type { Migration } from '../../../../src/core/model';

function files(...names: string[]): SourceFile[] {
  return names.map((name) => ({ path: `/m/${name}`, text: `-- ${name}\nselect 1;` }));
}

function parse(...names: string[]): Migration[] {
  return plain.parse(files(...names));
}

function refusal(all: readonly SourceFile[]): LockstepError {
  try {
    plain.parse(all);
  } catch (error) {
    assert.ok(error instanceof LockstepError);
    assert.equal(error.code, 'migrations.invalid');
    return error;
  }
  throw new Error('was accepted');
}

describe('plain', () => {
  it('matches numbered files', () => {
    for (const name of [
      '1.sql',
      '001_initial.sql',
      '0002-x.sql',
      '20260101120000_x.sql',
      '001_x.up.sql',
      '001_x.down.sql',
      '001.SQL',
      '003addtags.sql',
      '4 four.sql',
    ]) {
      assert.ok(plain.matches(name), name);
    }
    for (const name of [
      'README.md',
      'schema.sql',
      'seed.sql',
      'V1__x.sql',
      '1.sql.bak',
      '1.txt',
      '._1.sql',
    ]) {
      assert.ok(!plain.matches(name), name);
    }
  });

  it('claims numbered files without signs of another layout', () => {
    assert.ok(plain.claims(files('001_a.sql')));
    assert.ok(plain.claims(files('1.sql')));
    assert.ok(!plain.claims([]));
    assert.ok(!plain.claims(files('2fa.sql')));
    for (const text of ['-- migrate:up\n', '-- +goose Up\n', '  -- migrate:up\n']) {
      assert.ok(!plain.claims([...files('001_a.sql'), { path: '/m/002_b.sql', text }]), text);
    }
  });

  it('takes version, id and name from the file name', () => {
    const all = parse(
      '001_initial.sql',
      '0002-x y.sql',
      '3.sql',
      '4_a.up.sql',
      '005.b.SQL',
      '6c.sql',
    );
    assert.deepEqual(
      all.map(({ version, id, name }) => [version, id, name]),
      [
        ['001', '001_initial', 'initial'],
        ['0002', '0002-x y', 'x y'],
        ['3', '3', '3'],
        ['4', '4_a', 'a'],
        ['005', '005.b', 'b'],
        ['6', '6c', 'c'],
      ],
    );
  });

  it('orders by number, then by name', () => {
    const names = [
      '10_a',
      '9_a',
      '00000000000000000000000011_a',
      '2_b',
      '02_a',
      '20260101120001_a',
      '20260101120000_b',
      '0_a',
    ];
    assert.deepEqual(
      parse(...names.map((name) => `${name}.sql`)).map(({ id }) => id),
      [
        '0_a',
        '02_a',
        '2_b',
        '9_a',
        '10_a',
        '00000000000000000000000011_a',
        '20260101120000_b',
        '20260101120001_a',
      ],
    );
    fc.assert(
      fc.property(
        fc.bigInt({ min: 0n, max: 10n ** 24n }),
        fc.bigInt({ min: 0n, max: 10n ** 24n }),
        fc.nat(5),
        (a, b, zeros) => {
          const [first, second] = [`${'0'.repeat(zeros)}${a}`, String(b)];
          const expected = a < b ? -1 : a > b ? 1 : 0;
          assert.equal(
            Math.sign(plain.compare({ version: first, id: 'x' }, { version: second, id: 'x' })),
            expected,
          );
          assert.equal(plain.sameVersion(first, second), a === b);
          assert.equal(plain.versionKey(first) === plain.versionKey(second), a === b);
        },
      ),
    );
  });

  it('pairs both directions', () => {
    const [a, b, c] = parse('1_a.down.sql', '1_a.sql', '2_b.up.sql', '2_b.down.sql', '3_c.sql');
    assert.deepEqual([a.up.file, a.down!.file], ['/m/1_a.sql', '/m/1_a.down.sql']);
    assert.deepEqual([b.up.file, b.down!.file], ['/m/2_b.up.sql', '/m/2_b.down.sql']);
    assert.match(b.down!.text, /2_b\.down/);
    assert.equal(c.down, undefined);
  });

  it('does not take a name for a direction', () => {
    const [only, ...others] = parse('1_sign_up.sql');
    assert.deepEqual([only.id, only.name, others], ['1_sign_up', 'sign_up', []]);
    assert.equal(parse('2_shut-down.sql')[0].id, '2_shut-down');
  });

  it('pairs within a folder', () => {
    const paths = ['/a/1_x.sql', '/b/1_x.sql', '/b/1_x.down.sql'];
    const all = plain.parse(paths.map((path) => ({ path, text: '' })));
    assert.deepEqual(
      all.map(({ up, down }) => [up.file, down?.file]),
      [
        ['/a/1_x.sql', undefined],
        ['/b/1_x.sql', '/b/1_x.down.sql'],
      ],
    );
  });

  it('names a down migration without its migration', () => {
    const error = refusal(files('1_a.sql', '2_b.down.sql'));
    assert.equal(error.params.reason, 'downWithoutUp');
    assert.equal(error.place!.file, '/m/2_b.down.sql');
  });

  it('keeps two files of one version: the planner refuses them', () => {
    assert.equal(parse('1_a.sql', '1_a.up.sql', '01_b.sql').length, 3);
  });

  it('never runs a file that holds both directions', () => {
    for (const [text, layout] of [
      ['-- migrate:up\nselect 1;\n-- migrate:down\n', 'dbmate'],
      ['select 1;\n  --migrate:down\n', 'dbmate'],
      ['-- +goose Up\n', 'goose'],
      ['-- +migrate Up\n', 'sql-migrate'],
      ['-- rambler up\n', 'rambler'],
      ['--liquibase formatted sql\n', 'Liquibase'],
      ['select 1;\n-- //@UNDO\n', 'MyBatis'],
      ['# --- !Ups\n', 'Play'],
      ['-- Up\nselect 1;\n\n-- Down\nselect 2;', 'node-sqlite'],
      ['select 1;--> statement-breakpoint\n', 'Drizzle'],
    ] as const) {
      const error = refusal([...files('1_a.sql'), { path: '/m/2_b.sql', text }]);
      assert.deepEqual(error.params, { reason: 'otherLayout', layout }, text);
      assert.equal(error.place!.file, '/m/2_b.sql');
      assert.throws(() => plain.parse([...files('2_b.sql'), { path: '/m/2_b.down.sql', text }]));
    }
    for (const text of [
      '-- this migration: up to now\nselect 1;',
      "insert into a values ('-- Down');",
      '-- downgrade is not possible\n',
      '-- Down\ndrop table a;',
      '-- === UP ===\nselect 1;',
      '-- goose, Up in the air',
    ]) {
      assert.doesNotThrow(() => plain.parse([{ path: '/m/1.sql', text }]), text);
    }
  });

  describe('options', () => {
    function options(text: string): boolean[] {
      const [{ up }] = plain.parse([{ path: '/m/1.sql', text }]) as [Migration];
      return [up.transaction, up.foreignKeys];
    }

    it('are read from the comment lines at the top', () => {
      assert.deepEqual(options('-- lockstep: transaction:false\n'), [false, false]);
      assert.deepEqual(
        options('\r\n-- Why\r\n  --lockstep: foreign_keys:true  transaction:false\r\nselect 1;'),
        [false, true],
      );
      assert.deepEqual(options('-- lockstep: foreign_keys:true\n-- lockstep: transaction:true'), [
        true,
        true,
      ]);
    });

    it('are read nowhere else', () => {
      for (const text of [
        'select 1;\n-- lockstep: transaction:false',
        'select 1; -- lockstep: transaction:false',
        '/* -- lockstep: transaction:false */',
        '-- see lockstep: transaction:false',
        '-- transaction:false',
      ]) {
        assert.deepEqual(options(text), [true, false], text);
      }
    });

    it('belong to their direction', () => {
      const [{ up, down }] = plain.parse([
        { path: '/m/1.sql', text: '' },
        { path: '/m/1.down.sql', text: '-- lockstep: transaction:false' },
      ]) as [Migration];
      assert.deepEqual([up.transaction, down!.transaction], [true, false]);
    });

    it('are refused where misspelt, at their place', () => {
      for (const option of [
        'transactions:false',
        'transaction:no',
        'transaction',
        'foreign-keys:true',
      ]) {
        const { params, place } = refusal([
          { path: '/m/1.sql', text: `--\n-- lockstep: ${option}` },
        ]);
        assert.deepEqual(params, { reason: 'option', option });
        assert.deepEqual(place, { file: '/m/1.sql', line: 2, column: 14 });
      }
    });
  });

  describe('new files', () => {
    const now = new Date('2026-11-21T14:05:06Z');
    function next(existing: readonly string[], name = 'Add Tags'): string[] {
      return plain.newFile(parse(...existing), name, now).map(({ fileName }) => fileName);
    }

    it('follow the folder’s own style', () => {
      assert.deepEqual(next([]), ['001_add_tags.sql']);
      assert.deepEqual(next(['0001-a.sql', '0009-b.sql']), ['0010-add-tags.sql']);
      assert.deepEqual(next(['1.sql', '9.sql']), ['10_add_tags.sql']);
      assert.deepEqual(next(['010_a.sql', '020_b.sql', '030_c.sql']), ['040_add_tags.sql']);
      assert.deepEqual(next(['001_a.sql', '002_b.sql', '005_c.sql']), ['006_add_tags.sql']);
      assert.deepEqual(next(['010_a.sql', '020_b.sql']), ['030_add_tags.sql']);
      assert.deepEqual(next(['010_a.sql']), ['020_add_tags.sql']);
      assert.deepEqual(next(['010_a.sql', '020_b.sql', '040_c.sql']), ['050_add_tags.sql']);
      assert.deepEqual(next(['100_a.sql', '200_b.sql']), ['300_add_tags.sql']);
      assert.deepEqual(next(['009_a.sql', '010_b.sql']), ['011_add_tags.sql']);
      assert.deepEqual(next(['098_a.sql', '099_b.sql', '100_c.sql']), ['101_add_tags.sql']);
      assert.deepEqual(next(['001_a.sql', '003_b.sql']), ['004_add_tags.sql']);
      assert.deepEqual(next(['0001_a.sql']), ['0002_add_tags.sql']);
      assert.deepEqual(next(['20250101120000_a.sql']), ['20261121140506_add_tags.sql']);
      assert.deepEqual(next(['202501011200_a.sql']), ['202611211405_add_tags.sql']);
      assert.deepEqual(next(['20250101_a.sql']), ['20261121_add_tags.sql']);
      assert.deepEqual(next(['20261121_a.sql']), ['20261122_add_tags.sql'], 'two a day');
      assert.deepEqual(next(['1700000000_a.sql']), ['1795269906_add_tags.sql'], 'seconds');
      assert.deepEqual(next(['1700000000000_a.sql']), ['1795269906000_add_tags.sql']);
      assert.deepEqual(next(['20259901_a.sql']), ['20259902_add_tags.sql'], 'no date');
      assert.deepEqual(next(['1_a.up.sql']), ['2_add_tags.up.sql', '2_add_tags.down.sql']);
      assert.deepEqual(next(['1_a.sql', '1_a.down.sql', '2_b.sql']), [
        '3_add_tags.sql',
        '3_add_tags.down.sql',
      ]);
    });

    it('come after the last one, whatever the clock says', () => {
      assert.deepEqual(next(['20261121140506_a.sql']), ['20261121140507_add_tags.sql']);
      assert.deepEqual(next(['20991231235959_a.sql']), ['20991231235960_add_tags.sql']);
    });

    it('have safe names', () => {
      for (const [name, expected] of [
        ['../../etc/passwd', '001_etc_passwd.sql'],
        ['a\\b:c*?"<>|\0\n', '001_a_b_c.sql'],
        ['Größe & Länge', '001_größe_länge.sql'],
        ['タグ 追加', '001_タグ_追加.sql'],
        ['e\u0301', '001_é.sql'],
        [' ... ', '001_migration.sql'],
        ['shut.down', '001_shut_down.sql'],
        ['x'.repeat(500), `001_${'x'.repeat(160)}.sql`],
      ] as const) {
        assert.deepEqual(next([], name), [expected]);
      }
    });

    it('are migrations of the folder, after all others, for any name', () => {
      const existing = fc.uniqueArray(fc.nat(5000), { minLength: 1, maxLength: 6 });
      fc.assert(
        fc.property(
          existing,
          fc.nat(5),
          fc.string({ unit: 'grapheme', maxLength: 300 }),
          fc.boolean(),
          (numbers, width, name, pair) => {
            const names = numbers.map(
              (n) => `${String(n).padStart(width, '0')}_x${pair ? '.up' : ''}.sql`,
            );
            const created = next(names, name);
            for (const fileName of created) {
              assert.ok(plain.matches(fileName));
              assert.ok(Buffer.byteLength(fileName) <= 255);
              assert.doesNotMatch(fileName, /[/\\:*?"<>|\p{Cc}]/u);
            }
            const all = parse(...names, ...created);
            assert.equal(all.length, names.length + 1);
            assert.equal(all.at(-1)!.up.file, `/m/${created[0]}`);
          },
        ),
      );
    });
  });

  it('finds a version however many zeros it was recorded with', () => {
    const db = new DatabaseSync(':memory:');
    const { createSql, insertSql, findSql } = plain.historyTable;
    db.exec(createSql);
    for (const recorded of ['1', '0002', '000003', '0', '10', '20260101120000']) {
      db.prepare(insertSql).run(recorded);
    }
    for (const found of [
      '1',
      '001',
      '0000001',
      '2',
      '02',
      '0002',
      '3',
      '000',
      '0',
      '10',
      '010',
      '20260101120000',
    ]) {
      assert.ok(db.prepare(findSql).get(found), found);
    }
    for (const absent of ['4', '100', '01x', '20']) {
      assert.equal(db.prepare(findSql).get(absent), undefined, absent);
    }
    const steps = db.prepare(`explain query plan ${findSql}`).all('1');
    assert.match(JSON.stringify(steps), /SEARCH/, 'the look-up must use the index');
    db.close();
  });
});
