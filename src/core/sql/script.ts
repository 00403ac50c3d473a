import { basename } from 'node:path';
import { invalidMigration, LockstepError } from '../errors';
import type { Script, Section } from '../model';
import { placeAt } from './positions';
import type { Statement, StatementKind } from './statements';
import { foldName, Tokens } from './tokens';

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
  const statement = lines.split(/[\r\n]/, 1)[0].trim();
  return new LockstepError(
    'sql.parameters',
    { migration, statement, parameter: tokens.raw },
    place,
  );
}

/**
 * The indices of an outer BEGIN and its COMMIT, empty where there is none: the only two of their
 * kind, with nothing but PRAGMAs before and after.
 */
export function outerTransaction(kinds: readonly StatementKind[]): readonly number[] {
  const control = [...kinds.keys()].filter((i) => /^(begin|commit|rollback)$/.test(kinds[i].kind));
  const [begin, commit] = control;
  const isPair =
    control.length === 2 && kinds[begin].kind === 'begin' && kinds[commit].kind === 'commit';
  const isOuter =
    isPair && kinds.every(({ kind }, i) => (i >= begin && i <= commit) || kind === 'pragma');
  return isOuter ? control : [];
}

/**
 * Refuses a script that would fail half-way, or would leave a transaction open: COMMIT without
 * BEGIN, RELEASE without SAVEPOINT, BEGIN without COMMIT. Inside a transaction of ours a savepoint
 * may stay open, since the COMMIT ends it.
 */
export function checkTransactionControl(
  script: Script,
  statements: readonly Statement[],
  kinds: readonly StatementKind[],
  mode: 'transaction' | 'nonTransactional',
): void {
  const wrong = wrongControl(kinds, mode);
  if (wrong !== undefined) {
    const place = placeAt(script.file, script.text, statements[wrong].start);
    throw invalidMigration('transactionControl', place, { statement: statements[wrong].text });
  }
}

interface Open {
  readonly name?: string;
  readonly index: number;
}

/** The index of the first statement without its counterpart. */
function wrongControl(
  kinds: readonly StatementKind[],
  mode: 'transaction' | 'nonTransactional',
): number | undefined {
  let open: Open[] = [];
  for (const [index, kind] of kinds.entries()) {
    switch (kind.kind) {
      case 'begin':
        if (open.length) {
          return index;
        }
        open.push({ index });
        break;
      case 'commit':
      case 'rollback':
        if (!open.length) {
          return index;
        }
        open = [];
        break;
      case 'savepoint':
        open.push({ name: kind.name, index });
        break;
      case 'release':
      case 'rollbackTo': {
        const at = open.findLastIndex(({ name }) => name === kind.name);
        if (at < 0) {
          return index;
        }
        open.splice(kind.kind === 'release' ? at : at + 1);
        break;
      }
      default:
    }
  }
  return open.find(({ name }) => mode === 'nonTransactional' || name === undefined)?.index;
}

/**
 * What runs of a script, in the order it runs, without what was blanked out before and after it. A
 * script made of it runs the same statements.
 */
export function scriptSql(script: Script): string {
  return scriptSections(script)
    .map(({ start, end }) => withoutBlankLines(script.text.slice(start, end)))
    .join('\n;\n');
}

function withoutBlankLines(text: string): string {
  const first = text.search(/\S/);
  return first < 0 ? '' : text.slice(text.lastIndexOf('\n', first) + 1).trimEnd();
}

/** Refuses a command of the sqlite3 shell (`.mode csv`), which SQLite itself does not know. */
export function assertNoDotCommand(script: Script, statement: Statement): void {
  const command = /^\.[A-Za-z]\w*/.exec(statement.text.slice(0, 32))?.[0];
  if (command) {
    const place = placeAt(script.file, script.text, statement.start);
    throw invalidMigration('dotCommand', place, { command });
  }
}

/** The parts of a script's text that run, in the order they run. */
export function scriptSections({ text, sections }: Script): readonly Section[] {
  return sections ?? [{ start: 0, end: text.length }];
}
