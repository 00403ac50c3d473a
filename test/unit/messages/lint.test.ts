import assert from 'node:assert/strict';
import type { LintWarning } from '../../../src/core/lint/rule';
import { describeLint } from '../../../src/messages/lint';
import { plainTranslate } from '../../../src/messages/text';

describe('describeLint', () => {
  const said = (rule: string, params: LintWarning['params']): string => {
    const place = { file: '/x.sql', line: 1, column: 1 };
    const warning = { rule, direction: 'up', place, statement: '', params } as const;
    return describeLint(warning, plainTranslate).message;
  };

  it('keeps what it names in one line', () => {
    const table = 'a\nb\u001b[31m\u202e';
    assert.equal(
      said('no-where', { verb: 'DELETE', table }),
      'Without WHERE this deletes all rows of a b.',
    );
  });

  it('does not fail on a rule of another version', () => {
    assert.equal(said('no-such-rule', {}), 'no-such-rule');
  });
});
