import assert from 'node:assert/strict';
import type { Direction } from '../../../../src/core/model';
import { plainTranslate as t } from '../../../../src/messages/text';
import { badgeTexts, lensTexts, migrationOf } from '../../../../src/ui/presentation/lensTexts';
import { fileRole, type ProjectState } from '../../../../src/workspace/projectState';
import { applied, pending, project, status } from '../../../support/states';

describe('what is offered for a migration', () => {
  const { state } = project({
    status: status({
      pending: pending('004_d', '005_e'),
      history: [applied('003_c'), applied('002_b'), applied('001_a')],
    }),
  });

  function offered(
    id: string,
    direction: Direction,
    trusted = true,
    in_ = state,
    saved = true,
  ): string[] {
    const all = [...(in_.status?.pending ?? []), ...in_.status!.history.map((e) => e.migration)];
    const role = fileRole(in_, all.find((one) => one.id === id)!.file!)!;
    return lensTexts(in_, role, direction, { run: trusted, use: saved }, t).map(
      ({ title, command, migration }) =>
        [title, command, migration?.id].filter(Boolean).join(' | '),
    );
  }

  it('migrates up to what is pending, and shows it first', () => {
    assert.deepEqual(offered('004_d', 'up'), [
      'Migrate up to here | migrateToHere | 004_d',
      'Preview | preview | 004_d',
    ]);
    assert.deepEqual(offered('005_e', 'up'), [
      'Migrate up to here (2 migrations) | migrateToHere | 005_e',
      'Preview | preview | 005_e',
    ]);
    assert.deepEqual(offered('004_d', 'down'), []);
  });

  it('rolls back to what is applied, or it as well, where that is something', () => {
    assert.deepEqual(offered('003_c', 'up'), ['Applied']);
    assert.deepEqual(offered('003_c', 'down'), ['Roll back | rollBackLast']);
    assert.deepEqual(offered('002_b', 'up'), [
      'Applied',
      'Roll back to here (undoes 1 newer) | rollBackToHere | 002_b',
    ]);
    assert.deepEqual(offered('002_b', 'down'), [
      'Roll back, with 1 newer | rollBackToHere | 001_a',
    ]);
    assert.deepEqual(offered('001_a', 'down'), []);
  });

  it('runs nothing where that is not trusted, or while something runs', () => {
    assert.deepEqual(offered('004_d', 'up', false), ['Preview | preview | 004_d']);
    assert.deepEqual(offered('002_b', 'up', false), ['Applied']);
    assert.deepEqual(offered('003_c', 'down', false), []);
    const running: ProjectState = { ...state, run: { direction: 'up', startedAt: 0 } };
    assert.deepEqual(offered('002_b', 'up', true, running), ['Applied']);
  });

  it('has it saved first: nothing else would be run', () => {
    const unsaved = offered('004_d', 'up', true, state, false);
    assert.deepEqual(unsaved, ['Save, to migrate or preview | save']);
    assert.deepEqual(offered('002_b', 'up', true, state, false).length, 2);
  });

  it('knows the migration of a down migration that is a file of its own', () => {
    const roleOf = (file: string): ReturnType<typeof fileRole> => fileRole(state, file);
    const up = state.status!.history[0].migration.file!;
    const found = migrationOf({ roleOf }, up.replace(/\.sql$/, '.down.sql'));
    assert.equal(found?.direction, 'down');
    assert.equal(found?.role.kind === 'applied' && found.role.entry.migration.id, '003_c');
    assert.equal(migrationOf({ roleOf }, up.replace(/003_c/, '009_x.down')), undefined);
  });

  it('marks what is pending and what was edited, a warning before all', () => {
    const edited = status({ history: [{ ...applied('001_a'), file: 'edited' }], pending: [] });
    const other = status({ history: [], pending: pending('001_a', '002_b') });
    const badges = badgeTexts(
      [
        { name: 'app.db', state: { ...state, status: edited } },
        { name: 'test.db', state: { ...state, status: other } },
        { name: 'new.db', state: { ...state, status: other } },
      ],
      t,
    );
    assert.deepEqual(
      [...badges.values()],
      [
        { badge: 'E', tooltip: 'Edited after it was applied to app.db', isWarning: true },
        { badge: 'P', tooltip: 'Pending in test.db, new.db', isWarning: false },
      ],
    );
  });
});
