import fc from 'fast-check';
import assert from 'node:assert/strict';
import type { Finding } from '../../../../src/core/model';
import { parseCard } from '../../../../src/lock/holderCard';
import { plainTranslate as t } from '../../../../src/messages/text';
import { conditionText, projectFacts } from '../../../../src/ui/presentation/conditionText';
import { databaseChildren, databaseNode } from '../../../../src/ui/presentation/databaseNode';
import { escapeIconsAndLinks } from '../../../../src/ui/presentation/text';
import type { TreeNode } from '../../../../src/ui/presentation/treeNode';
import { condition, type ProjectState } from '../../../../src/workspace/projectState';
import {
  applied,
  holder,
  migration,
  pending,
  project,
  result,
  status,
} from '../../../support/states';

/** Text that a stranger chose: markdown, icons, escape sequences, bidi marks, a megabyte. */
const hostile = fc.oneof(
  fc.constantFrom(
    '[x](command:workbench.action.terminal.new)',
    '![x](https://example.org/x.png) <img src="https://example.org/x.png"> $(trash) **b**',
    'a\nb\r\nc\u2028d\u2029e\u0085f\tg',
    '\u202egpj.exe\u2066x\u061cy\u200fz\u00ad',
    '\u001b[31mred\u001b]8;;https://example.org\u0007x\u001b\\',
    '\ud800lone\udfff',
    '😀'.repeat(100_000),
    'x'.repeat(1_000_000),
    '\n'.repeat(1_000_000),
    '{migration} {0} %s ${x}',
    '',
  ),
  fc.string({ unit: 'binary', maxLength: 400 }),
);

function all(nodes: readonly TreeNode[]): TreeNode[] {
  return nodes.flatMap((node) => [node, ...all(node.children ?? [])]);
}

function assertShowable(text: string, lineBreaks = false): void {
  const bad = lineBreaks ? /[\p{Cf}\p{Cs}\p{Zl}\p{Zp}]|(?!\n)\p{Cc}/u : /[\p{C}\p{Zl}\p{Zp}]/u;
  const unassigned = /\p{Cn}|\p{Co}/gu;
  assert.doesNotMatch(text.replace(unassigned, ''), bad);
  assert.ok(text.length < 20_000, `${text.length}`);
}

describe('a stranger’s text in the views', () => {
  const states = fc.tuple(hostile, hostile, hostile).map(([a, b, c]): Partial<ProjectState>[] => {
    const ref = { ...migration('001_x'), id: a, name: b, file: c };
    const who = holder({ workspace: a, host: b, started: c });
    const finding: Finding = {
      code: 'edited',
      severity: 'warning',
      migration: ref,
      params: { message: b },
    };
    const look = status({
      target: { database: c, folders: [a] },
      look: { state: 'unreadable', journalMode: b, message: c },
      pending: pending('002_y').map((each) => ({ ...each, ...ref })),
      history: [
        applied('003_z', {
          migration: ref,
          log: { at: a, ms: 1, rows: 1, holder: { kind: b, host: c, pid: 1, workspace: a } },
        }),
      ],
      findings: [finding, { ...finding, severity: 'refuse' }],
    });
    const params = { migration: a, message: b, path: c, statement: a, reason: b };
    const place = { file: c, line: 1, column: 1 };
    const error = { code: 'sql.failed', params, place } as const;
    return [
      { status: look, lock: { kind: 'held', mine: false, holder: who } },
      { status: look, lock: { kind: 'stale', holder: who } },
      { status: look, lastResult: result({ outcome: 'failed', error }) },
      { error, status: undefined },
      {
        status: { ...look, mark: { ...mark, migration: ref, since: b } },
      },
    ];
  });
  const mark = { direction: 'up', statement: 1, statements: 2, orphaned: true } as const;

  it('is cut, on one line, and nothing but text', () => {
    fc.assert(
      fc.property(states, (changes) => {
        for (const change of changes) {
          const shown = project(change);
          const nodes = all([
            databaseNode(shown, { showAll: false }, t),
            ...databaseChildren(shown, { showAll: false }, t),
          ]);
          for (const { label, description = '', tooltip = '' } of nodes) {
            assertShowable(label);
            assertShowable(description);
            assertShowable(tooltip, true);
          }
          for (const [name, value] of projectFacts(shown.state, t)) {
            assertShowable(name);
            assertShowable(value);
          }
          const { text } = conditionText(condition(shown.state), t);
          assertShowable(text);
          assert.doesNotMatch(escapeIconsAndLinks(text), /\$\(|\]\(/);
        }
      }),
      { numRuns: 60 },
    );
  });

  it('of a card is read whatever it is', () => {
    fc.assert(
      fc.property(fc.anything(), hostile, (value, text) => {
        const fields = { since: text, host: text, machine: text, version: text, workspace: value };
        const card = { token: 'a'.repeat(32), pid: 1, kind: 'window', ...fields, progress: value };
        const json = JSON.stringify(card, (_key, each: unknown) =>
          typeof each === 'bigint' ? 1 : each,
        );
        const parsed = parseCard(json);
        assert.ok(!parsed || JSON.stringify(parsed).length < 5000);
      }),
      { numRuns: 100 },
    );
  });
});
