import { basename } from 'node:path';
import { LockstepError } from '../errors';
import { invalidMigration } from '../invalidMigration';
import type { Script } from '../migration';
import { foldName } from './foldName';
import { placeAt } from './place';
import { scriptSections } from './scriptSections';
import { Tokens } from './tokens';

/**
 * Reads a script once for what SQLite would only say late, unclearly or never, and collects its
 * words in lower case. A string counts as a word where it could be a name (`INSERT INTO 't'`).
 *
 * @throws LockstepError `migrations.invalid` or `sql.parameters`, with its place
 */
export function scanScript(script: Script): ReadonlySet<string> {
  const { file, text } = script;
  assertNoNul(script);
  const hasLoneReturn = /\r(?!\n)/.test(text);
  const hasLoneSurrogate = loneSurrogate.test(text);
  const words = new Set<string>();
  for (const { start, end } of scriptSections(script)) {
    const tokens = new Tokens(text, start, end);
    let last = start;
    let afterName = false;
    while (tokens.next()) {
      if (hasLoneReturn) {
        assertCommentsEnd(script, last, tokens.start);
      }
      if (tokens.kind === 'unterminated') {
        throw invalidMigration('unterminated', placeAt(file, text, tokens.start));
      }
      if (hasLoneSurrogate && loneSurrogate.test(tokens.raw)) {
        const at = tokens.start + tokens.raw.search(loneSurrogate);
        throw invalidMigration('encoding', placeAt(file, text, at));
      }
      if (tokens.kind === 'parameter') {
        throw unbound(script, tokens);
      }
      const isName = tokens.kind === 'word' || tokens.kind === 'quoted';
      if (isName || (tokens.kind === 'string' && afterName)) {
        words.add(foldName(tokens.name));
      }
      afterName = isName || tokens.isSymbol('.');
      last = tokens.end;
    }
    if (hasLoneReturn) {
      assertCommentsEnd(script, last, end);
    }
  }
  return words;
}

const loneSurrogate = /\p{Surrogate}/u;

function assertNoNul({ file, text }: Script): void {
  const at = text.indexOf('\0');
  if (at >= 0) {
    throw invalidMigration('nul', placeAt(file, text, at));
  }
}

/** SQL after a lone carriage return in a `--` comment would be shown as SQL and skipped as comment. */
function assertCommentsEnd({ file, text }: Script, from: number, until: number): void {
  for (const comment of text.slice(from, until).matchAll(/--[^\n]*|\/\*[^]*?\*\//g)) {
    const lines = comment[0].startsWith('--') ? comment[0].split('\r') : [];
    let at = from + comment.index;
    for (const [i, line] of lines.entries()) {
      if (i > 0 && /^\s*(?!--)\S/.test(line)) {
        const place = placeAt(file, text, at + line.search(/\S/));
        throw invalidMigration('carriageReturn', place);
      }
      at += line.length + 1;
    }
  }
}

function unbound({ file, text }: Script, tokens: Tokens): LockstepError {
  const migration = basename(file).replace(/(\.up|\.down)?\.sql$/i, '');
  const place = placeAt(file, text, tokens.start);
  const lines = text.slice(text.lastIndexOf('\n', tokens.start) + 1, tokens.end + 200);
  const statement = lines.split(/[\r\n]/, 1)[0]!.trim();
  return new LockstepError(
    'sql.parameters',
    { migration, statement, parameter: tokens.raw },
    place,
  );
}
