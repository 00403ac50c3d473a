import assert from 'node:assert/strict';
import { statementTarget } from '../../../../src/core/rehearsal/tables';

describe('statementTarget', () => {
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
    ['WITH x AS (SELECT 1) SELECT * FROM x', undefined],
    [
      'ALTER TABLE t RENAME COLUMN "a b" TO c',
      { verb: 'renameColumn', table: 't', from: 'a b', to: 'c' },
    ],
    ['ALTER TABLE t RENAME a TO c', { verb: 'renameColumn', table: 't', from: 'a', to: 'c' }],
    ['ALTER TABLE main.t RENAME TO u', { verb: 'renameTable', table: 't', to: 'u' }],
    ['ALTER TABLE t ADD COLUMN rename', undefined],
    ['CREATE TABLE t (a)', { verb: 'createTable', table: 't' }],
    ['CREATE TEMP TABLE IF NOT EXISTS "t" AS SELECT 1', { verb: 'createTable', table: 't' }],
    ['CREATE INDEX t ON u (a)', undefined],
    ['DROP TABLE IF EXISTS t', { verb: 'dropTable', table: 't' }],
    ['DROP VIEW t', undefined],
    ['DELETE FROM temp.t', { verb: 'delete', table: 't', elsewhere: true }],
    ['SELECT 1', undefined],
    ['', undefined],
  ];
  for (const [sql, wanted] of cases) {
    it(sql || 'nothing', () => assert.deepEqual(statementTarget(sql), wanted));
  }
});
