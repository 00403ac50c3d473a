import assert from 'node:assert/strict';
import { followUpNote } from '../../../src/core/drift';
import { dbmateMarkers } from '../../../src/core/formats/dbmate';
import { Tokens } from '../../../src/core/sql/tokens';

describe('followUpNote', () => {
  it('says what was changed', () => {
    const note = followUpNote(
      '001_a',
      'CREATE TABLE a (\n  x\n);',
      'CREATE TABLE a (\n  x,\n  y\n);',
    );
    assert.match(note, /^-- 001_a was changed/);
    assert.match(note, /^-- {3}\+ {3}y$/m);
    assert.doesNotMatch(note, /^-- {3}-/m);
  });

  it('is nothing but comments, whatever was changed', () => {
    const wild = 'a\r\nDROP TABLE b;\rDROP TABLE c;\u2028DROP TABLE d;\n*/ x\n-- migrate:up\n';
    const note = followUpNote('001_a', '', wild);
    assert.equal(new Tokens(note).next(), false, note);
    assert.deepEqual(dbmateMarkers(note), []);
    assert.ok(
      note.split(/[\n\r\u2028\u2029]/).every((line) => line === '' || line.startsWith('--')),
    );
  });

  it('does not fill the file', () => {
    const lines = Array.from({ length: 500 }, (_, i) => `INSERT ${i};`).join('\n');
    const note = followUpNote('001_a', '', lines);
    assert.ok(note.split('\n').length < 80);
    assert.match(note, /\(440 lines more\)/);
  });
});
