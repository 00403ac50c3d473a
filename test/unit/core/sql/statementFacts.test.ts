import assert from 'node:assert/strict';
import {
  isMain,
  mayReplace,
  statementFacts,
  type StatementFacts,
} from '../../../../src/core/sql/statementFacts';

describe('statementFacts', () => {
  const cases: [string, unknown][] = [
    ['INSERT INTO t VALUES (1)', { verb: 'insert', table: 't', mayReplace: false }],
    ['insert into main."T x" (a) select 1', { verb: 'insert', table: 'T x', mayReplace: false }],
    ['INSERT OR REPLACE INTO t VALUES (1)', { verb: 'insert', table: 't', mayReplace: true }],
    ['REPLACE INTO [t] VALUES (1)', { verb: 'insert', table: 't', mayReplace: true }],
    [
      'INSERT INTO t VALUES (1) ON /* */ CONFLICT DO NOTHING',
      { verb: 'insert', table: 't', mayReplace: true },
    ],
    ["INSERT INTO t VALUES ('on conflict')", { verb: 'insert', table: 't', mayReplace: false }],
    ['UPDATE OR IGNORE t SET a = 1', { verb: 'update', table: 't' }],
    ['DELETE FROM main . t WHERE 1', { verb: 'delete', table: 't' }],
    [
      'WITH x AS (DELETE_not_really) , y(a) AS (SELECT 1) UPDATE t SET a = 1',
      { verb: 'update', table: 't' },
    ],
    ['WITH x AS (SELECT 1) SELECT * FROM x', { verb: 'other' }],
    [
      'ALTER TABLE t RENAME COLUMN "a b" TO c',
      { verb: 'renameColumn', table: 't', from: 'a b', to: 'c' },
    ],
    ['ALTER TABLE t RENAME a TO c', { verb: 'renameColumn', table: 't', from: 'a', to: 'c' }],
    ['ALTER TABLE t RENAME "to" TO c', { verb: 'renameColumn', table: 't', from: 'to', to: 'c' }],
    ['ALTER TABLE main.t RENAME TO u', { verb: 'renameTable', table: 't', to: 'u' }],
    ['ALTER TABLE t RENAME a', { verb: 'other' }],
    ['ALTER TABLE t ADD COLUMN rename', { verb: 'addColumn', table: 't', column: 'rename' }],
    ['ALTER TABLE t DROP a', { verb: 'dropColumn', table: 't', column: 'a' }],
    ['CREATE TABLE t (a)', created('table', 't')],
    [
      'CREATE TEMP TABLE IF NOT EXISTS "t" AS SELECT 1',
      { ...created('table', 't'), temp: true, ifNotExists: true },
    ],
    ['CREATE VIRTUAL TABLE t USING fts5(a)', { ...created('table', 't'), virtual: true }],
    ['CREATE INDEX t ON u (a)', created('index', 't')],
    ['DROP TABLE IF EXISTS t', { verb: 'drop', type: 'table', name: 't' }],
    ['DROP VIEW t', { verb: 'drop', type: 'view', name: 't' }],
    ['DELETE FROM temp.t', { verb: 'delete', table: 't', elsewhere: true }],
    ['SELECT 1', { verb: 'other' }],
    ['', { verb: 'other' }],
  ];
  for (const [sql, wanted] of cases) {
    it(sql || 'nothing', () => assert.deepEqual(told(sql, statementFacts(sql)), wanted));
  }
});

function created(type: string, name: string): Record<string, unknown> {
  const no = { temp: false, virtual: false, unique: false, ifNotExists: false };
  return { verb: 'create', type, name, ...no };
}

/** Without what says where in the text it stands. */
function told(sql: string, facts: StatementFacts): Record<string, unknown> {
  const left = ['rest', 'schema', 'hasConflictClause'];
  return {
    ...Object.fromEntries(Object.entries(facts).filter(([key]) => !left.includes(key))),
    ...(facts.verb === 'insert' && { mayReplace: mayReplace(sql, facts) }),
    ...('schema' in facts && !isMain(facts) && { elsewhere: true }),
  };
}
