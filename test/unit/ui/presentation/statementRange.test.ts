import assert from 'node:assert/strict';
import {
  statementRange as rangeIn,
  type StatementRange,
} from '../../../../src/ui/presentation/statementRange';

const place = (line: number, column: number): { file: string; line: number; column: number } => ({
  file: '/m/001.sql',
  line,
  column,
});

/** As an editor takes a text apart. */
function statementRange(
  text: string,
  at: ReturnType<typeof place>,
  statement?: string,
): StatementRange {
  const lines = text.split(/\r\n|\r|\n/);
  return rangeIn({ count: lines.length, at: (row) => lines[row] }, at, statement);
}

describe('statementRange', () => {
  it('spans a statement over several lines, with any line ending', () => {
    const statement = 'CREATE TABLE a (\n  b\n);';
    for (const ending of ['\n', '\r\n', '\r']) {
      const written = statement.replaceAll('\n', ending);
      const text = `-- x${ending}  ${written}${ending}`;
      for (const told of [statement, written]) {
        assert.deepEqual(statementRange(text, place(2, 3), told), {
          line: 1,
          character: 2,
          endLine: 3,
          endCharacter: 2,
        });
      }
    }
  });

  it('counts as editors do, in units of which some characters have two', () => {
    const text = "SELECT '😀é';  SELECT '😀';";
    const start = text.indexOf('  SELECT') + 2;
    const range = statementRange(text, place(1, start + 1), "SELECT '😀';");
    assert.equal(text.slice(range.character, range.endCharacter), "SELECT '😀';");
  });

  it('takes the rest of the line when the file says something else by now', () => {
    assert.deepEqual(statementRange('SELECT 1;\nSELECT 2;', place(2, 1), 'DROP TABLE x;'), {
      line: 1,
      character: 0,
      endLine: 1,
      endCharacter: 9,
    });
  });

  it('takes the rest of the line without a statement', () => {
    assert.equal(statementRange('SELECT 1;', place(1, 4)).endCharacter, 9);
  });

  it('stays within a file that has become shorter', () => {
    assert.deepEqual(statementRange('a', place(9, 9), 'x'), {
      line: 0,
      character: 1,
      endLine: 0,
      endCharacter: 1,
    });
  });
});
