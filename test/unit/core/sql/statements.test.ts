import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import { splitStatements } from '../../../../src/core/sql/statements';

/** Where SQLite itself ends each statement; nothing is executed. */
function boundariesOfSqlite(db: DatabaseSync, text: string): { start: number; end: number }[] {
  const found = [];
  for (let at = 0; ;) {
    const blank = /^(?:[\s;\uFEFF]|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*/.exec(text.slice(at))![0];
    const start = at + blank.length;
    if (start === text.length) {
      return found;
    }
    at = start + db.prepare(text.slice(start)).sourceSQL.length;
    found.push({ start, end: at });
  }
}

function boundaries(text: string): { start: number; end: number }[] {
  return splitStatements(text).map(({ start, end }) => ({ start, end }));
}

function texts(text: string): string[] {
  return splitStatements(text).map((statement) => statement.text);
}

describe('splitStatements', () => {
  let db: DatabaseSync;
  before(() => {
    db = new DatabaseSync(':memory:');
    db.exec('create table t(a, b); create view v as select a from t');
  });
  after(() => db.close());

  it('ends statements after their semicolons', () => {
    const text = '  select 1; select 2 ;\n-- end\n';
    assert.deepEqual(splitStatements(text), [
      { start: 2, end: 11, text: 'select 1;' },
      { start: 12, end: 22, text: 'select 2 ;' },
    ]);
  });

  it('takes a last statement without semicolon, without the blanks and comments after it', () => {
    assert.deepEqual(texts('select 1;\r\nselect 2 -- two\r\n/* end */'), ['select 1;', 'select 2']);
  });

  it('drops empty statements and those of comments alone', () => {
    assert.deepEqual(texts(''), []);
    assert.deepEqual(texts(' \r\n\t\uFEFF;;/* ; */; -- x;\n;'), []);
    assert.deepEqual(texts(';;select 1;;'), ['select 1;']);
  });

  it('knows only line feeds as the end of a comment', () => {
    assert.deepEqual(texts('-- a\rselect 1;\nselect 2;'), ['select 2;']);
  });

  it('leaves quotes, brackets and comments whole', () => {
    for (const statement of [
      `select ';', ';''', '''', '';`,
      'select 1 as "a;b", 2 as [c;d], 3 as `e;f`, 4 as "g"";", 5 as `h``;`;',
      'select 1 /* ; */ -- ;\n, 2;',
      `select x'3b';`,
    ]) {
      assert.deepEqual(texts(`${statement} select 2`), [statement, 'select 2']);
    }
  });

  it('leaves triggers whole', () => {
    const body = `after insert on t begin
      select case when new.a then 1 else 2 end; -- end;
      update t set a = 'end;' where b = "end"; end`;
    for (const create of [
      'create trigger x',
      'CREATE TEMP TRIGGER x',
      'create temporary trigger if not exists x',
      'explain create trigger x',
      'EXPLAIN query /**/ PLAN create trigger x',
    ]) {
      assert.deepEqual(texts(`${create} ${body} /* */ ; select 1;`), [
        `${create} ${body} /* */ ;`,
        'select 1;',
      ]);
      assert.deepEqual(texts(`${create} ${body}`), [`${create} ${body}`]);
    }
  });

  it('is not misled by words that only look like a trigger', () => {
    for (const statement of [
      'create table "trigger"(begin_ int);',
      'create index create_trigger on t(a);',
      'select 1 as trigger;',
      'explain select 1;',
      'begin;',
      'end;',
      'drop trigger x;',
      'create [temp] trigger;',
    ]) {
      assert.deepEqual(texts(`${statement} select 2;`), [statement, 'select 2;']);
    }
  });

  it('ends a trigger only at an END that a semicolon follows', () => {
    const text = 'create trigger x begin select 1; end y; select 2; end; select 3;';
    assert.deepEqual(texts(text), [text.slice(0, -10), 'select 3;']);
  });

  it('gives texts that stand at their offsets', () => {
    const text = 'select 1;\r\n\r\nselect \'😀\' as "é";--\nselect 3';
    for (const { start, end, text: statement } of splitStatements(text)) {
      assert.equal(text.slice(start, end), statement);
    }
  });

  it('splits only the part it is asked for', () => {
    const text = "select 'a; select 1; select 2'; select 3;";
    assert.deepEqual(
      splitStatements(text, 11, 29).map(({ start, text }) => [start, text]),
      [
        [11, 'select 1;'],
        [21, 'select 2'],
      ],
    );
  });

  it('swallows the rest where a quote never ends', () => {
    for (const open of [`'`, '"', '`', '[', '/*']) {
      assert.deepEqual(texts(`select 1; select 2 ${open} x; select 3;`), [
        'select 1;',
        `select 2 ${open} x; select 3;`,
      ]);
    }
  });

  it('finds the boundaries SQLite finds, on random programs', () => {
    const blank = fc.constantFrom(
      ' ',
      '\n',
      '\r\n',
      '\t',
      '\f',
      '/* ; */',
      "/*'*/",
      '/**/',
      '/*/ ; */',
      '-- it"s; [\n',
      '--\n',
      '-- create trigger\r\n',
    );
    const gap = fc
      .array(blank, { minLength: 1, maxLength: 3 })
      .map((parts) => (parts[0].startsWith('/') ? ' ' : '') + parts.join(''));
    const value = fc.constantFrom(
      '1',
      '.5',
      '1e+5',
      '0x1F',
      "';'",
      "'it''s;'",
      "''",
      "x'3B'",
      "'é😀;'",
      "'-- no'",
      "'/* no'",
      '(1)',
      '-1',
      '- -1',
      '?',
      '?1',
      ':a',
      '@b',
      '$c',
      '$d::e(;)',
      'a',
      '"a"',
      '[a]',
      '`a`',
      "a->'$.b'",
      'case when a then 1 end',
      'case a when 1 then 2 else 3 end',
      '1 as "x;""y"',
      '1 as [x;y]',
      '1 as `x;``y`',
      '1 as créate',
      '4/ 2',
    );
    const word = (text: string): fc.Arbitrary<string> =>
      fc.constantFrom(text, text.toUpperCase(), text[0].toUpperCase() + text.slice(1));
    const seq = (...parts: (string | fc.Arbitrary<string>)[]): fc.Arbitrary<string> =>
      fc
        .tuple(...parts.map((part) => (typeof part === 'string' ? word(part) : part)), gap)
        .chain((given) =>
          fc
            .array(gap, { minLength: given.length, maxLength: given.length })
            .map((gaps) => given.map((part, i) => (i ? gaps[i] : '') + part).join('')),
        );
    const select = fc
      .array(value, { minLength: 1, maxLength: 4 })
      .chain((values) => seq('select', fc.constant(values.join(',')), 'from', 't'));
    const bodyStatement = fc.constantFrom(
      'select case when 1 then 2 end;',
      "insert into t values(';end;', new.a);",
      'update t set a = 1 where b = 2;',
      'delete from t where a in (select 1 /* end; */);',
      'select 1 as [end;] -- end;\n;',
    );
    const trigger = fc
      .tuple(
        fc.constantFrom('create', 'explain create', 'Explain Query Plan Create'),
        fc.constantFrom('trigger', 'temp trigger', 'TEMPORARY TRIGGER', 'trigger if not exists'),
        gap,
        fc.array(bodyStatement, { minLength: 1, maxLength: 3 }),
      )
      .map(
        ([create, kind, between, body]) =>
          `${create}${between}${kind} x after insert on t${between}begin ${body.join(between)}${between}end`,
      );
    const other = fc.constantFrom(
      'begin',
      'Commit',
      'end',
      'begin immediate transaction',
      'savepoint s',
      'create table if not exists u(a default (1), "b;c" check (a > \';\'))',
      'create temp table w as select 1',
      'create temp view w as select 1',
      'create index i on t(a) where b = 1',
      'explain select 1',
      'explain query plan select a from t',
      "insert into t values (1, 'x'), (2, 'y;')",
      'with q as (select 1) select * from q',
      'pragma user_version',
      'alter table t rename to "x;y"',
      'values (1)',
      'drop trigger if exists x',
    );
    const statement = fc.oneof(select, select, trigger, other);
    const program = fc
      .array(fc.tuple(fc.option(gap, { nil: '' }), statement, fc.constantFrom('', ' ', '\n')), {
        maxLength: 8,
      })
      .chain((parts) =>
        fc
          .tuple(fc.array(fc.constantFrom('', ';', ' ;;'), { maxLength: 8 }), fc.boolean())
          .map(([extra, endless]) =>
            parts
              .map(([before, text, after], i) => {
                const isLast = endless && i === parts.length - 1;
                return `${before}${text}${after}${isLast ? '' : ';'}${isLast ? '' : (extra[i] ?? '')}`;
              })
              .join(''),
          ),
      );
    let statements = 0;
    fc.assert(
      fc.property(program, (text) => {
        const expected = boundariesOfSqlite(db, text).map(({ start, end }) => {
          // SQLite counts blanks after a last statement without a semicolon to it.
          const source = text.slice(start, end);
          return { start, end: source.endsWith(';') ? end : start + withoutTail(source).length };
        });
        statements += expected.length;
        assert.deepEqual(boundaries(text), expected);
      }),
      { numRuns: 1500 },
    );
    assert.ok(statements > 1500, `only ${statements} statements were compared`);
  });

  it('stays in order and loses nothing on hostile text', () => {
    const piece = fc.constantFrom(
      ...`' " \` [ ] -- /* */ ; \n \r \r\n ( ) end create trigger begin temp explain x'`.split(' '),
      ' ',
      '\0',
      '\uFEFF',
      '\uD800',
      '\v',
      ':',
      '$a(',
      '?',
      '.',
      '1e',
    );
    fc.assert(
      fc.property(fc.array(fc.oneof(piece, fc.string()), { maxLength: 40 }), (parts) => {
        const text = parts.join('');
        let last = 0;
        for (const { start, end, text: statement } of splitStatements(text)) {
          assert.ok(last <= start && start < end && end <= text.length);
          assert.equal(text.slice(start, end), statement);
          const between = text.slice(last, start);
          assert.match(between, /^(?:[\s;\uFEFF]|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*$/);
          last = end;
        }
        assert.match(text.slice(last), /^(?:[\s;\uFEFF]|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/)*$/);
      }),
      { numRuns: 2000 },
    );
  });

  it('is linear: megabytes of the same hostile piece end before the test’s time does', () => {
    const pieces = [
      `'`,
      `''`,
      '"',
      '[',
      '/*',
      '--',
      '-',
      '/',
      ';',
      '$a(',
      'x',
      'create ',
      '\r',
      ':',
    ];
    for (const piece of pieces) {
      splitStatements(piece.repeat(2_000_000));
      splitStatements(`select 1;${piece}\n`.repeat(100_000));
    }
    assert.equal(
      splitStatements("insert into t values (1, 'x');\n".repeat(200_000)).length,
      200_000,
    );
  });
});

/** Without blanks and comments at the end; enough for the parts used above. */
function withoutTail(source: string): string {
  let last = 0;
  const tokens =
    /\s+|--[^\n]*(?:\n|$)|\/\*[^]*?\*\/|'(?:[^']|'')*'|"(?:[^"]|"")*"|`(?:[^`]|``)*`|\[[^\]]*\]|[^]/g;
  for (const token of source.matchAll(tokens)) {
    if (!/^(?:\s|--|\/\*)/.test(token[0])) {
      last = token.index + token[0].length;
    }
  }
  return source.slice(0, last);
}
