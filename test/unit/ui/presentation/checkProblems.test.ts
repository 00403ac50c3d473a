import assert from 'node:assert/strict';
import type { LintWarning } from '../../../../src/core/lint/rule';
import type { CheckProblem, CheckResult } from '../../../../src/core/rehearsal/rehearsal';
import { plainTranslate as t } from '../../../../src/messages/text';
import {
  appliedNote,
  checkProblems,
  joinProblems,
  lintProblems,
} from '../../../../src/ui/presentation/problems';
import { applied, migration } from '../../../support/states';

const file = '/m/002_b.sql';
const place = { file, line: 3, column: 5 };

function result(change: Partial<CheckResult>): CheckResult {
  const nothing = { problems: [], lint: [], notUndone: [], before: [], after: [] };
  return { state: 'pending', migration: migration('002_b'), ...nothing, ...change };
}

function fails(at = place): CheckProblem {
  const params = { migration: '002_b', statement: 'SELECT nope;', message: 'no such column: nope' };
  return { kind: 'fails', direction: 'up', error: { code: 'sql.failed', params, place: at } };
}

describe('what a check shows in a file', () => {
  it('shows what fails at its statement, in the words of the engine', () => {
    assert.deepEqual(checkProblems(result({ problems: [fails()] }), file, t), [
      {
        severity: 'error',
        message: 'no such column: nope',
        place,
        statement: 'SELECT nope;',
        code: 'sql.failed',
      },
    ]);
  });

  it('is no more than informative about what cannot be tried', () => {
    const problem = {
      kind: 'cannot',
      direction: 'up',
      reason: 'module',
      detail: 'fts5',
      place,
    } as const;
    const [shown] = checkProblems(result({ problems: [problem] }), file, t);
    assert.equal(shown.severity, 'information');
    assert.match(shown.message, /^002_b cannot be rehearsed here: it needs the module fts5/);
    const late = { kind: 'cannot', direction: 'up', reason: 'time' } as const;
    const unnamed = checkProblems(result({ migration: undefined, problems: [late] }), file, t);
    assert.match(unnamed[0].message, /^002_b\.sql cannot/);
    assert.equal(unnamed[0].place, undefined);
  });

  it('names the migration that is in the way, once, instead of anything else', () => {
    const shown = checkProblems(
      result({ blockedBy: migration('001_a'), problems: [fails()] }),
      file,
      t,
    );
    assert.equal(shown.length, 1);
    assert.match(shown[0].message, /^Not checked: 001_a.* fails\.$/);
    assert.equal(shown[0].because?.id, '001_a');
    const stuck = result({ blockedBy: migration('001_a'), blockedWhy: 'cannot' });
    assert.match(checkProblems(stuck, file, t)[0].message, /cannot be rehearsed here\.$/);
  });

  it('says why nothing would be run, where that is so', () => {
    const error = {
      code: 'migrations.duplicate',
      params: { version: '001', files: 'a, b' },
    } as const;
    const [shown] = checkProblems(result({ refused: error }), file, t);
    assert.match(shown.message, /^Not checked: Two migrations have the version 001/);
    assert.equal(shown.severity, 'information');
  });

  it('puts no place of another file into this one', () => {
    const [shown] = checkProblems(result({ problems: [fails()] }), '/m/002_b.down.sql', t);
    assert.deepEqual([shown.severity, shown.place], ['information', undefined]);
    assert.match(shown.message, /^Not checked: the other file of 002_b/);
  });

  it('names databases only where there are several, each problem once', () => {
    const problems = checkProblems(result({ problems: [fails()] }), file, t);
    const messages = (...found: Parameters<typeof joinProblems>[0]): string[] =>
      joinProblems(found).map(({ message }) => message);
    assert.deepEqual(messages({ database: 'a.db', problems }), ['no such column: nope']);
    assert.deepEqual(messages({ database: 'a.db', problems }, { database: 'b.db', problems }), [
      'a.db, b.db: no such column: nope',
    ]);
    assert.deepEqual(messages({ database: 'a.db', problems }, { database: 'b.db', problems: [] }), [
      'a.db: no such column: nope',
    ]);
  });

  it('shows lint as loud as the settings say, and only in its file', () => {
    const warning: LintWarning = {
      rule: 'no-where',
      direction: 'up',
      place,
      statement: 'DELETE FROM a;',
      params: { verb: 'DELETE', table: 'a', rows: 7 },
    };
    const severity = (level: 'error' | 'warning' | 'info' | 'off', change: object = {}): unknown =>
      lintProblems([{ ...warning, ...change }], file, () => level, t)[0]?.severity;
    assert.deepEqual(
      [severity('error'), severity('warning'), severity('info'), severity('off')],
      ['error', 'warning', 'information', undefined],
    );
    assert.equal(severity('error', { harmless: true }), 'information');
    assert.equal(severity('error', { place: { ...place, file: '/m/x.sql' } }), undefined);
  });

  it('says of what is applied that edits will not run, once there are any', () => {
    const at = (
      entry: ReturnType<typeof applied>,
      isDirty: boolean,
      text = '',
    ): string | undefined =>
      appliedNote({ kind: 'applied', entry }, { isDirty, getText: () => text }, t)?.message;
    assert.equal(at(applied('001_a'), false), undefined);
    assert.match(at(applied('001_a'), true)!, /^Applied .*; edits will not run\.$/);
    const both = '-- migrate:up\nSELECT 1;\n-- migrate:down\n';
    assert.match(
      at(applied('001_a'), true, both)!,
      /will not run, but for those of the down migration\.$/,
    );
    assert.match(at({ ...applied('001_a'), file: 'edited' }, false)!, /edits will not run/);
  });
});
