import assert from 'node:assert/strict';
import { join } from 'node:path';
import { plainTranslate } from '../../../../src/messages/text';
import { databaseChildren, databaseNode } from '../../../../src/ui/presentation/databaseNode';
import type { TreeNode } from '../../../../src/ui/presentation/treeNode';
import type { ProjectState } from '../../../../src/workspace/projectState';
import {
  applied,
  folder,
  holder,
  migration,
  pending,
  project,
  result,
  status,
} from '../../../support/states';

const options = { showAll: false };
const children = (change: Partial<ProjectState>, showAll = false): TreeNode[] =>
  databaseChildren(project(change), { showAll }, plainTranslate);
const labels = (nodes: readonly TreeNode[] = []): string[] => nodes.map(({ label }) => label);

describe('the tree of a database', () => {
  it('lists lock, pending and history', () => {
    const nodes = children({
      status: status({ pending: pending('003_c'), history: [applied('002_b'), applied('001_a')] }),
    });
    assert.deepEqual(labels(nodes), ['Lock', 'Pending (1)', 'History (2)']);
    assert.deepEqual(labels(nodes[1].children), ['003_c']);
    assert.deepEqual(labels(nodes[2].children), ['002_b', '001_a']);
    assert.deepEqual(nodes[1].children![0].opens, { file: join(folder, '003_c.sql') });
  });

  it('counts nothing as pending or applied that nobody could see', () => {
    for (const state of ['busy', 'needsRecovery', 'notADatabase', 'unreadable'] as const) {
      const shown = labels(children({ status: status({ look: { state } }) }));
      assert.equal(shown.at(-1), 'Lock');
      assert.doesNotMatch(shown.join(), /\(0\)/, state);
    }
    assert.match(
      labels(children({ status: status({ look: { state: 'empty' } }) })).join(),
      /\(0\)/,
    );
  });

  it('gives every node an id of its own that stays the same', () => {
    const state = {
      status: status({ pending: pending('001_a', '002_b'), history: [applied('001_a')] }),
    };
    const ids = (nodes: readonly TreeNode[]): string[] =>
      nodes.flatMap(({ id, children: below = [] }) => [id, ...ids(below)]);
    const first = ids(children(state));
    assert.equal(new Set(first).size, first.length);
    assert.deepEqual(ids(children(state)), first);
    const [here] = pending('003_c');
    const namesakes = [here, { ...here, file: '/shop/more/003_c.sql' }];
    const both = ids(children({ status: status({ pending: namesakes }) }));
    assert.equal(new Set(both).size, both.length, both.join(' '));
  });

  it('says of an applied migration when, how long and by whom, or that it is not known', () => {
    const log = {
      at: '2025-03-01T12:00:00.000Z',
      ms: 12,
      rows: 3,
      holder: { kind: 'terminal', host: 'laptop', pid: 1, workspace: 'shop' },
    } as const;
    const [, , history] = children({
      status: status({ history: [applied('002_b', { log }), applied('001_a')] }),
    });
    const [known, unknown] = history.children!;
    assert.match(known.description!, /Mar 1, 2025.* · 12 ms · a terminal in “shop”/);
    assert.match(known.tooltip!, /^3 rows changed$/m);
    const [, , one] = children({
      status: status({ history: [applied('001_a', { log: { ...log, rows: 1 } })] }),
    });
    assert.match(one.children![0].tooltip!, /^1 row changed$/m);
    assert.match(unknown.description!, /not known/);
    assert.equal(known.context, 'applied.reversible');
  });

  it('says where a missing file is, what was edited and what was only recorded', () => {
    const log = {
      at: '2025-03-01T12:00:00.000Z',
      ms: 0,
      rows: 0,
      holder: { kind: 'terminal', host: 'laptop', pid: 1 },
    } as const;
    const missing = { version: '003', branches: ['feature/tags', 'main'], worktree: '/other' };
    const [, , history] = children({
      status: status({
        history: [
          applied('004_d', { file: 'missing', reversible: false }),
          applied('003_c', { file: 'missing', log }),
          applied('002_b', { file: 'edited', log: { ...log, accepted: log.at } }),
          applied('001_a', { log: { ...log, marked: true } }),
        ],
      }),
      missingFiles: { repository: true, files: [missing, { version: '004', branches: [] }] },
    });
    const [gone, other, edited, marked] = history.children!;
    assert.match(gone.description!, /^file missing · /);
    assert.match(other.description!, /^on feature\/tags, not here · /);
    assert.match(other.tooltip!, /on branch feature\/tags and 1 more, in the worktree \/other/);
    assert.match(edited.description!, /^edited since · /);
    assert.match(edited.tooltip!, /accepted Mar 1, 2025/);
    assert.match(marked.description!, / · marked as applied · a terminal$/);
    assert.doesNotMatch(marked.tooltip!, /rows/);
    assert.deepEqual(
      history.children!.map(({ context }) => context),
      [
        'applied.missing',
        'applied.reversible.missing',
        'applied.reversible.edited',
        'applied.reversible',
      ],
    );
  });

  it('says in a few words that a pending migration is older than an applied one', () => {
    const [, list] = children({
      status: status({
        pending: pending('002_b'),
        findings: [
          {
            code: 'outOfOrder',
            severity: 'warning',
            migration: migration('002_b'),
            params: { newest: '003_c' },
          },
        ],
      }),
    });
    const [node] = list?.label.startsWith('Pending') ? list.children! : [];
    assert.equal(node?.description, 'older than 003_c, which is applied');
  });

  it('shows findings at their migration, and those that stop everything above', () => {
    const finding = { params: { version: '003', files: 'a, b' }, migration: migration('003_c') };
    const nodes = children({
      status: status({
        pending: pending('003_c'),
        findings: [
          { ...finding, code: 'outOfOrder', severity: 'warning' },
          { ...finding, code: 'duplicate', severity: 'refuse' },
        ],
      }),
    });
    assert.match(nodes[0].label, /Two migrations have the version 003/);
    const [, , list] = nodes;
    assert.match(list.children![0].description!, /older than the newest applied/);
    assert.equal(list.children![0].icon.name, 'warning');
  });

  it('lists very many on demand', () => {
    const many = pending(...Array.from({ length: 1000 }, (_, index) => `${index}_m`));
    const list = (showAll: boolean): readonly TreeNode[] =>
      children({ status: status({ pending: many }) }, showAll)[1].children!;
    assert.equal(list(false).length, 201);
    assert.equal(list(false)[200].command, 'lockstep.showAll');
    assert.equal(list(true).length, 1000);
  });

  it('offers a decision about an interrupted migration, and the place of a failure', () => {
    const mark = {
      migration: migration('003_c'),
      direction: 'up',
      statement: 2,
      statements: 5,
      since: '2026-01-01T00:00:00.000Z',
      orphaned: true,
    } as const;
    const [interrupted] = children({ status: status({ mark }) });
    assert.equal(interrupted.context, 'interrupted');
    assert.match(interrupted.label, /Interrupted: 003_c, at statement 2 of 5/);
    const place = { file: '/shop/migrations/003_c.sql', line: 4, column: 2 };
    const error = { code: 'sql.failed', params: { message: 'no', migration: 'c' }, place } as const;
    const [failed] = children({
      status: status(),
      lastResult: result({ outcome: 'failed', error }),
    });
    assert.deepEqual(failed.opens, place);
  });

  it('shows another holder with progress, and which migration they are at', () => {
    const progress = { direction: 'up', step: 1, steps: 2, migration: '003_c' } as const;
    const [lock, list] = children({
      lock: { kind: 'held', mine: false, holder: holder({ progress }) },
      status: status({ pending: pending('003_c', '004_d') }),
    });
    assert.match(lock.description!, /VS Code window “shop” \(pid 4711.*applying 003_c \(1 of 2\)/);
    assert.equal(lock.context, 'lock.held');
    assert.deepEqual(
      list.children!.map(({ icon }) => icon.name),
      ['sync~spin', 'circle-large-outline'],
    );
  });

  it('keeps names from files on one line', () => {
    const [, list] = children({ status: status({ pending: pending('001_a\nb\u202e') }) });
    assert.equal(list.children![0].label, '001_a b');
  });

  it('says what is up with the database in its own line', () => {
    const created = status({ look: { state: 'missing' }, pending: pending('001_a') });
    const node = databaseNode(project({ status: created }), options, plainTranslate);
    assert.equal(node.description, 'not created yet · 1 pending');
    assert.equal(node.context, 'database.pending');
  });
});
