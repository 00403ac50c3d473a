import fc from 'fast-check';

/** Migrations over a few tables, by far not all of which work. */

const table = fc.constantFrom('t0', 't1', 't2', '"T 3"');
const column = fc.constantFrom('a', 'b', 'c', '"d e"');
/** Names of what is made: seldom twice the same. */
const made = (prefix: string): fc.Arbitrary<string> =>
  fc.integer({ min: 0, max: 200 }).map((n) => `${prefix}${n}`);
const value = fc.oneof(
  { weight: 3, arbitrary: fc.integer({ min: -3, max: 50 }).map(String) },
  { weight: 1, arbitrary: fc.constantFrom('NULL', "'x'", "'é;'", '1.5', "x'00ff'", "'2'") },
);
const condition = fc.oneof(
  fc.tuple(column, value).map(([c, v]) => `${c} = ${v}`),
  fc.tuple(column, value).map(([c, v]) => `${c} > ${v}`),
  fc.constantFrom('1', '0', 'rowid % 2 = 0'),
);

const columnDefinition = fc
  .tuple(
    column,
    fc.constantFrom('', ' INTEGER', ' TEXT', ' ANY', ' REAL'),
    fc.oneof(
      { weight: 4, arbitrary: fc.constant('') },
      {
        weight: 4,
        arbitrary: fc.constantFrom(' NOT NULL', ' UNIQUE', ' DEFAULT 1', " DEFAULT 'x'"),
      },
      {
        weight: 1,
        arbitrary: fc.constantFrom(
          ' NOT NULL DEFAULT 2',
          ' CHECK (a > 0)',
          ' REFERENCES t0',
          ' REFERENCES t1 (a) ON DELETE CASCADE',
          ' DEFAULT CURRENT_TIMESTAMP',
          ' GENERATED ALWAYS AS (a + 1)',
          ' GENERATED ALWAYS AS (a + 1) STORED',
          ' COLLATE NOCASE',
        ),
      },
    ),
  )
  .map((parts) => parts.join(''));

const createTable = fc
  .tuple(
    fc.constantFrom(
      'CREATE TABLE',
      'CREATE TABLE',
      'CREATE TABLE IF NOT EXISTS',
      'CREATE TEMP TABLE',
    ),
    fc.oneof({ weight: 6, arbitrary: made('n') }, { weight: 1, arbitrary: table }),
    fc.constantFrom('id INTEGER PRIMARY KEY, ', '', 'id TEXT PRIMARY KEY, '),
    fc.uniqueArray(columnDefinition, {
      minLength: 1,
      maxLength: 3,
      selector: (text) => text.slice(0, 2),
    }),
    fc.constantFrom('', '', '', ' STRICT', ' WITHOUT ROWID'),
  )
  .map(
    ([create, name, key, columns, end]) => `${create} ${name} (${key}${columns.join(', ')})${end}`,
  );

const alterTable = fc.oneof(
  fc
    .tuple(table, columnDefinition)
    .map(([t, d]) => `ALTER TABLE ${t} ADD COLUMN new_${d.replace(/^"d e"/, 'd')}`),
  fc.tuple(table, column).map(([t, c]) => `ALTER TABLE ${t} DROP COLUMN ${c}`),
  fc
    .tuple(table, column, made('c'))
    .map(([t, c, d]) => `ALTER TABLE ${t} RENAME COLUMN ${c} TO ${d}`),
  fc.tuple(table, made('r')).map(([t, u]) => `ALTER TABLE ${t} RENAME TO ${u}`),
  fc.tuple(table, column).map(([t, c]) => `ALTER TABLE ${t} ALTER COLUMN ${c} SET NOT NULL`),
  fc.tuple(table, condition).map(([t, c]) => `ALTER TABLE ${t} ADD CONSTRAINT k CHECK (${c})`),
);

const insert = fc.oneof(
  fc
    .tuple(
      fc.constantFrom(
        'INSERT',
        'INSERT',
        'INSERT OR REPLACE',
        'INSERT OR IGNORE',
        'INSERT OR ROLLBACK',
      ),
      table,
      column,
      fc.array(value, { minLength: 1, maxLength: 3 }),
    )
    .map(
      ([verb, t, c, v]) => `${verb} INTO ${t} (${c}) VALUES ${v.map((x) => `(${x})`).join(', ')}`,
    ),
  fc.tuple(table, table).map(([t, u]) => `INSERT INTO ${t} SELECT * FROM ${u}`),
  fc
    .tuple(table, column, table, column)
    .map(([t, c, u, d]) => `INSERT INTO ${t} (${c}) SELECT ${d} FROM ${u} WHERE ${d} IS NOT NULL`),
  fc
    .tuple(table, column, value)
    .map(
      ([t, c, v]) =>
        `INSERT INTO ${t} (${c}) VALUES (${v}) ON CONFLICT (${c}) DO UPDATE SET ${c} = excluded.${c}`,
    ),
  fc
    .tuple(table, column)
    .map(
      ([t, c]) =>
        `WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 9) INSERT INTO ${t} (${c}) SELECT i FROM n`,
    ),
);

const change = fc.oneof(
  fc
    .tuple(table, column, value, condition)
    .map(([t, c, v, w]) => `UPDATE ${t} SET ${c} = ${v} WHERE ${w}`),
  fc.tuple(table, condition).map(([t, w]) => `DELETE FROM ${t} WHERE ${w}`),
  table.map((t) => `DELETE FROM ${t}`),
  fc.tuple(table, column).map(([t, c]) => `UPDATE OR REPLACE ${t} SET ${c} = 1`),
);

const other = fc.oneof(
  fc
    .tuple(fc.constantFrom('', 'UNIQUE '), made('i'), table, column, fc.option(condition))
    .map(([u, i, t, c, w]) => `CREATE ${u}INDEX ${i} ON ${t} (${c})${w ? ` WHERE ${w}` : ''}`),
  fc.constantFrom(
    'DROP INDEX i0',
    'DROP INDEX IF EXISTS i1',
    'DROP VIEW v',
    'DROP VIEW IF EXISTS v',
  ),
  fc.tuple(fc.constantFrom('', 'IF EXISTS '), table).map(([e, t]) => `DROP TABLE ${e}${t}`),
  fc
    .tuple(table, column, made('v'))
    .map(([t, c, v]) => `CREATE VIEW ${v} AS SELECT ${c} FROM ${t}`),
  fc
    .tuple(table, fc.constantFrom('INSERT', 'UPDATE', 'DELETE'), fc.oneof(insert, change))
    .map(([t, on, body]) => `CREATE TRIGGER g AFTER ${on} ON ${t} BEGIN ${body}; END`),
  fc
    .tuple(table, fc.constantFrom('ABORT', 'ROLLBACK', 'FAIL'))
    .map(
      ([t, how]) =>
        `CREATE TRIGGER g AFTER INSERT ON ${t} BEGIN SELECT RAISE(${how}, 'no; really'); END`,
    ),
  fc.constantFrom('DROP TRIGGER IF EXISTS g', 'ANALYZE', 'REINDEX', 'VACUUM'),
);

const odd = fc.oneof(
  fc.constantFrom('DROP TRIGGER g', 'DROP VIEW v', 'DROP INDEX i1'),
  fc.constantFrom(
    'PRAGMA user_version = 7',
    'PRAGMA foreign_keys = ON',
    'PRAGMA legacy_alter_table = ON',
    'PRAGMA ignore_check_constraints = ON',
    'PRAGMA recursive_triggers = ON',
    'PRAGMA journal_mode = WAL',
    'PRAGMA journal_mode = DELETE',
    'PRAGMA defer_foreign_keys = ON',
    'SAVEPOINT s',
    'RELEASE s',
    'ROLLBACK TO s',
    'BEGIN',
    'COMMIT',
    'SELEC 1',
    'SELECT nowhere()',
    'SELECT * FROM (SELECT 1',
    "SELECT json_extract('{}', '$.a')",
  ),
);

/** What mostly works, and more of SQL. */
const rich = fc.oneof(
  fc
    .tuple(table, made('new'))
    .map(
      ([t, n]) =>
        `CREATE TABLE ${n} (a, b, c, "d e"); INSERT INTO ${n} SELECT a, b, c, "d e" FROM ${t}; DROP TABLE ${t}; ALTER TABLE ${n} RENAME TO ${t}`,
    ),
  fc
    .tuple(table, made('old'), fc.constantFrom('', ' WHERE b NOT NULL'))
    .map(
      ([t, n, w]) =>
        `ALTER TABLE ${t} RENAME TO ${n}; CREATE TABLE ${t} (id INTEGER PRIMARY KEY, a, b, c, "d e"); INSERT INTO ${t} (a, b, c) SELECT a, b, c FROM ${n}${w}`,
    ),
  fc
    .tuple(table, column, table, column)
    .map(([t, c, u, d]) => `UPDATE ${t} SET ${c} = o.${d} FROM ${u} AS o WHERE o.${d} = ${t}.a`),
  fc
    .tuple(table, column, condition)
    .map(
      ([t, c, w]) =>
        `WITH x AS (SELECT ${c} AS v FROM ${t} WHERE ${w}) DELETE FROM ${t} WHERE ${c} IN x`,
    ),
  fc
    .tuple(table, column, table)
    .map(
      ([t, c, u]) =>
        `INSERT INTO ${t} (${c}) SELECT count(*) OVER (PARTITION BY a ORDER BY b) FROM ${u} RETURNING *`,
    ),
  fc
    .tuple(table, column)
    .map(([t, c]) => `INSERT INTO ${t} (${c}) SELECT value FROM json_each('[1, "é;", null, 2.5]')`),
  fc
    .tuple(made('s'), fc.constantFrom('', ' STRICT', ' WITHOUT ROWID'))
    .map(
      ([n, end]) =>
        `CREATE TABLE ${n} (k TEXT PRIMARY KEY, v INTEGER CHECK (v < 40), w INTEGER AS (v * 2) STORED)${end}; INSERT INTO ${n} (k, v) VALUES ('p', 1), ('q', 39)`,
    ),
  fc
    .tuple(made('au'))
    .map(
      ([n]) =>
        `CREATE TABLE ${n} (id INTEGER PRIMARY KEY AUTOINCREMENT, at DEFAULT CURRENT_TIMESTAMP, v); INSERT INTO ${n} (v) VALUES (1), (2); DELETE FROM ${n} WHERE v = 2`,
    ),
  fc
    .tuple(table, column, made('tr'), fc.constantFrom('INSERT', 'UPDATE', 'DELETE'))
    .map(
      ([t, c, n, on]) =>
        `CREATE TRIGGER ${n} AFTER ${on} ON ${t} BEGIN DELETE FROM t1 WHERE a = CASE WHEN 1 THEN 2 ELSE 3 END; UPDATE t2 SET ${c} = 'é; END' WHERE c = 1; END`,
    ),
  fc
    .tuple(table, column, made('vw'))
    .map(
      ([t, c, n]) =>
        `CREATE VIEW ${n} AS SELECT ${c} AS x FROM ${t}; CREATE TRIGGER on_${n} INSTEAD OF INSERT ON ${n} BEGIN INSERT INTO ${t} (${c}) VALUES (new.x); END; INSERT INTO ${n} VALUES (1), (2)`,
    ),
  fc
    .tuple(table, column, condition, made('ix'))
    .map(
      ([t, c, w, n]) =>
        `CREATE INDEX ${n} ON ${t} (lower(${c}), a DESC) WHERE ${w.replace(/rowid.*/, '1')}`,
    ),
  fc
    .tuple(table, column, value)
    .map(([t, c, v]) => `SAVEPOINT p; UPDATE ${t} SET ${c} = ${v}; ROLLBACK TO p; RELEASE p`),
  fc.tuple(table, column).map(([t, c]) => `BEGIN; UPDATE ${t} SET ${c} = 3 WHERE a > 1; COMMIT`),
  fc
    .tuple(made('pa'), made('ch'), fc.constantFrom('CASCADE', 'SET NULL', 'RESTRICT'))
    .map(
      ([n, m, how]) =>
        `CREATE TABLE ${n} (id INTEGER PRIMARY KEY); CREATE TABLE ${m} (p REFERENCES ${n} ON DELETE ${how}); INSERT INTO ${n} VALUES (1), (2); INSERT INTO ${m} VALUES (1), (NULL); DELETE FROM ${n} WHERE id = 2`,
    ),
  fc
    .tuple(table, column)
    .map(([t, c]) => `DELETE FROM ${t} WHERE ${c} = (SELECT max(${c}) FROM ${t})`),
  fc
    .tuple(table, column, value)
    .map(
      ([t, c, v]) => `ALTER TABLE ${t} ADD COLUMN extra DEFAULT ${v}; UPDATE ${t} SET extra = ${c}`,
    ),
  fc.constantFrom(
    'PRAGMA foreign_keys = OFF',
    'PRAGMA user_version = 9',
    "SELECT strftime('%Y', '2026-01-01'), printf('%.3f', 1.5), json('[1]')",
    'CREATE TEMP TABLE scratch AS SELECT * FROM t0; INSERT INTO t0 (a) SELECT a FROM scratch; DROP TABLE scratch',
    'EXPLAIN QUERY PLAN SELECT * FROM t0',
    'VALUES (1), (2)',
  ),
);

const statement = fc.oneof(
  { weight: 8, arbitrary: rich },
  { weight: 5, arbitrary: createTable },
  { weight: 3, arbitrary: alterTable },
  { weight: 7, arbitrary: insert },
  { weight: 3, arbitrary: change },
  { weight: 3, arbitrary: other },
  { weight: 1, arbitrary: odd },
);

const header = fc.oneof(
  { weight: 12, arbitrary: fc.constant('') },
  { weight: 1, arbitrary: fc.constant('-- lockstep: transaction:false\n') },
  { weight: 1, arbitrary: fc.constant('-- lockstep: foreign_keys:true\n') },
);

const script = fc
  .tuple(
    header,
    fc.array(statement, { minLength: 1, maxLength: 3 }),
    fc.constantFrom('\n', '\r\n', ' ', '\n-- é\n  '),
  )
  .map(([head, statements, gap]) => head + statements.map((sql) => `${sql};`).join(gap));

const plainTables = `
  CREATE TABLE t0 (id INTEGER PRIMARY KEY, a, b, c, "d e");
  CREATE TABLE t1 (a INTEGER, b TEXT, c DEFAULT 1, "d e");
  CREATE TABLE t2 (id INTEGER PRIMARY KEY, a, b, c, "d e" TEXT);
  CREATE TABLE "T 3" (a, b, c, "d e");
  INSERT INTO t0 (a, b) VALUES (1, 2), (1, NULL), (3, 4);
  INSERT INTO t1 (a, b) VALUES (1, 'x'), (1, 'y'), (2, NULL);
  INSERT INTO "T 3" VALUES (1, 2, 3, 4);`;

const tiedTables = `
  CREATE TABLE t0 (id INTEGER PRIMARY KEY, a NOT NULL DEFAULT 0, b, c, "d e" CHECK ("d e" <> 5));
  CREATE TABLE t1 (a INTEGER PRIMARY KEY, b UNIQUE, c, "d e");
  CREATE TABLE t2 (a REFERENCES t1 (a) ON DELETE CASCADE, b REFERENCES t0, c, "d e");
  CREATE TABLE "T 3" (id TEXT PRIMARY KEY, a INTEGER, b, c, "d e" AS (a + 1)) WITHOUT ROWID;
  CREATE VIEW v AS SELECT b FROM t1;
  CREATE INDEX i0 ON t2 (c);
  CREATE TRIGGER h AFTER DELETE ON t1 BEGIN INSERT INTO t2 (c) VALUES (old.b); END;
  INSERT INTO t0 (a) VALUES (1), (2);
  INSERT INTO t1 (a, b) VALUES (1, 'p'), (2, 'q');
  INSERT INTO t2 (a, c) VALUES (1, 1), (2, 2);
  INSERT INTO "T 3" (id, a) VALUES ('k', 1);`;

/** What a database starts with: each of these works. */
export const randomStart: fc.Arbitrary<string> = fc.oneof(
  { weight: 4, arbitrary: fc.constant(plainTables) },
  { weight: 3, arbitrary: fc.constant(tiedTables) },
  { weight: 1, arbitrary: fc.constant('') },
);

/** The texts of migrations that run one after another. */
export const randomMigrations: fc.Arbitrary<string[]> = fc.array(script, {
  minLength: 1,
  maxLength: 3,
});
