import assert from 'node:assert/strict';
import { formats, unsupportedLayout } from '../../../../src/core/formats/formats';
import { scriptChecksum } from '../../../../src/core/checksum';
import { prepareScript } from '../../../../src/core/sql/prepareScript';

/** Texts that would take minutes if anything read them again from each of their characters. */
const length = 100_000;
const texts: Record<string, string> = {
  'line feeds': '\n',
  'carriage returns': '\r',
  both: '\r\n',
  'paragraph separators': '\u2028',
  blanks: ' ',
  'tabs and vertical tabs': '\t\v',
  dashes: '-',
  'empty comments': '--\n',
  'comments that a carriage return ends': '--\r',
  'openings of comments': '/*',
  comments: '/**/',
  quotes: "'",
  brackets: '[',
  semicolons: ';',
  parentheses: '(',
  markers: '-- migrate:up\n',
  'both markers': '-- migrate:up\n-- migrate:down\n',
  options: '-- lockstep: transaction:false\n',
  'number signs': '# ',
  words: 'create trigger begin case end ',
};

describe('long texts', () => {
  for (const [what, piece] of Object.entries(texts)) {
    for (const start of ['', '--', '-- migrate:up', '-- lockstep:']) {
      it(`of ${what}${start && ` after “${start}”`} are read once`, () => {
        const text = start + piece.repeat(length / piece.length);
        const path = '/p/001_x.sql';
        unsupportedLayout(['001_x.sql'], [text]);
        for (const format of formats) {
          format.claims([{ path, text }]);
          try {
            for (const { up } of format.parse([{ path, text }])) {
              scriptChecksum(up);
              prepareScript(up);
            }
          } catch (error) {
            assert.match(String(error), /migrations\.invalid|sql\.parameters/);
          }
        }
      });
    }
  }
});
