import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { type LintRule, lintRules, type LintWarning } from '../../../src/core/lint/rule';
import { describeLint } from '../../../src/messages/lint';
import { plainTranslate } from '../../../src/messages/text';

describe('describeLint', () => {
  const said = (rule: LintRule, params: LintWarning['params']): string => {
    const place = { file: '/x.sql', line: 1, column: 1 };
    const warning = { rule, direction: 'up', place, statement: '', params } as const;
    const { message, advice } = describeLint(warning, plainTranslate);
    assert.doesNotMatch(`${message} ${advice}`, /[{}?]|undefined|NaN|-1/);
    assert.match(message, /\.$/);
    assert.match(String(advice), /\.$/);
    return message;
  };

  it('has a sentence for each rule and case, with its numbers where they are known', () => {
    const all: readonly (readonly [LintRule, LintWarning['params'], string])[] = [
      ['no-where', { verb: 'DELETE', table: 'a', rows: 7 }, 'deletes all 7 rows of a.'],
      ['no-where', { verb: 'DELETE', table: 'a' }, 'deletes all rows of a.'],
      ['no-where', { verb: 'UPDATE', table: 'a', rows: 0 }, 'changes all rows of a.'],
      ['no-where', { verb: 'UPDATE', table: 'a', rows: 7 }, 'changes all 7 rows of a.'],
      ['drop-with-rows', { case: 'table', table: 'a', rows: 1 }, 'Drops a with 1 row.'],
      ['drop-with-rows', { case: 'table', table: 'a', rows: 7 }, 'Drops a with 7 rows.'],
      ['drop-with-rows', { case: 'table', table: 'a' }, 'Drops a with all its rows.'],
      ['drop-with-rows', { case: 'partly', table: 'a', rows: 7, kept: 3 }, 'of which 3 were'],
      ['drop-with-rows', { case: 'column', table: 'a', column: 'b', rows: 7 }, 'in 7 rows.'],
      ['drop-with-rows', { case: 'column', table: 'a', column: 'b', rows: 1 }, 'in 1 row.'],
      ['drop-with-rows', { case: 'column', table: 'a', column: 'b' }, 'with all its values.'],
      [
        'unique-over-duplicates',
        { table: 'a', columns: 'b, c', values: 3, rows: 7 },
        '3 values of b, c occur more than once in a, in 7 rows.',
      ],
      [
        'unique-over-duplicates',
        { table: 'a', columns: 'b', values: 1, rows: 2 },
        '1 value of b occurs more than once in a, in 2 rows.',
      ],
      ['no-where', { verb: 'DELETE', table: 'a', rows: 1 }, 'deletes all rows of a.'],
      ['not-null-without-default', { case: 'notNull', table: 'a', column: 'b' }, 'b is NOT NULL'],
      ['not-null-without-default', { case: 'computed', table: 'a', column: 'b' }, 'b is computed'],
      ['not-null-without-default', { case: 'stored', table: 'a', column: 'b' }, 'and stored'],
      ['if-not-exists', { name: 'a', existing: 'CREATE TABLE a (b)' }, 'a exists and is not'],
      ['transaction-control', { case: 'outer' }, 'are left out'],
      ['transaction-control', { case: 'inner' }, 'outside a transaction of Lockstep’s'],
      ['incomplete-down', { case: 'schema', count: 1, names: 'table a' }, 'different: table a.'],
      ['incomplete-down', { case: 'again', message: 'no' }, 'applied again: no.'],
      [
        'cascading-rebuild',
        { case: 'action', table: 'a', child: 'b', action: 'CASCADE', rows: 7 },
        'changes 7 rows of b (ON DELETE CASCADE).',
      ],
      [
        'cascading-rebuild',
        { case: 'action', table: 'a', child: 'b', action: 'CASCADE' },
        'changes the rows of b (ON DELETE CASCADE).',
      ],
      ['cascading-rebuild', { case: 'renamed', table: 'a', child: 'b' }, 'b refers to a now'],
      ...(
        [
          ['foreignKeysOff', 'foreign keys stay off'],
          ['foreignKeysOn', 'foreign keys stay on'],
          ['foreignKeysAlready', 'not needed either'],
          ['leftOut', 'is left out'],
          ['connection', 'ends with'],
          ['needsVacuum', 'without a VACUUM'],
          ['encoding', 'cannot change'],
          ['unknown', 'does not know PRAGMA x'],
          ['outside', 'runs outside a transaction'],
        ] as const
      ).map(([what, words]) => {
        return ['pragma-without-effect', { case: what, pragma: 'x' }, words] as const;
      }),
    ];
    for (const [rule, params, words] of all) {
      assert.ok(said(rule, params).includes(words), `${rule} ${words}: ${said(rule, params)}`);
    }
    assert.deepEqual([...new Set(all.map(([rule]) => rule))].sort(), [...lintRules].sort());
  });

  it('keeps what it names in one line', () => {
    const table = 'a\nb\u001b[31m\u202e';
    assert.equal(
      said('no-where', { verb: 'DELETE', table }),
      'Without WHERE this deletes all rows of a b.',
    );
  });
});

describe('the settings', () => {
  const manifest = JSON.parse(readFileSync('package.json', 'utf8')) as {
    contributes: { configuration: { properties: Record<string, { default: string }> } };
  };

  it('know each rule, and no other', () => {
    const settings = Object.keys(manifest.contributes.configuration.properties)
      .filter((name) => name.startsWith('lockstep.lint.'))
      .map((name) => name.slice('lockstep.lint.'.length));
    assert.deepEqual(settings.sort(), [...lintRules].sort());
  });
});
