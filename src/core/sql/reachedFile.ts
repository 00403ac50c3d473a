import { Tokens } from './tokens';

/** A file that a statement opens or writes. */
interface ReachedFile {
  /** As SQLite would see it; absent where it is an expression. */
  readonly name?: string;
  /** Where it stands in the statement. */
  readonly offset: number;
}

/**
 * The file that one statement (without leading comments) names beside the database: that of ATTACH,
 * of VACUUM INTO, or the folder of a PRAGMA that moves temporary files. Nothing else in SQL without
 * extensions reaches a file.
 */
export function reachedFile(text: string): ReachedFile | undefined {
  const tokens = new Tokens(text);
  const next = (): string => (tokens.next() ? tokens.name.toLowerCase() : '');
  switch (next()) {
    case 'attach':
      next();
      return isWord(tokens, 'database')
        ? read(tokens, tokens.next(), 'as')
        : read(tokens, true, 'as');
    case 'vacuum':
      next();
      if (!isWord(tokens, 'into')) {
        next();
      }
      return isWord(tokens, 'into') ? read(tokens, tokens.next()) : undefined;
    case 'pragma':
      return readPragma(tokens);
    default:
      return undefined;
  }
}

/** The file at the current token; an expression unless `after` follows, or the end. */
function read(tokens: Tokens, found: boolean, after?: string): ReachedFile {
  const { name, start: offset } = tokens;
  const isText = found && (tokens.kind === 'string' || tokens.kind === 'quoted');
  const ends = !tokens.next() || tokens.isSymbol(';');
  return isText && (after === undefined ? ends : !ends && isWord(tokens, after))
    ? { name, offset }
    : { offset };
}

/** https://www.sqlite.org/pragma.html#pragma_temp_store_directory; it is the whole process's. */
function readPragma(tokens: Tokens): ReachedFile | undefined {
  let isOurs = false;
  while (tokens.next()) {
    if (isOurs && (tokens.isSymbol('=') || tokens.isSymbol('('))) {
      tokens.next();
      return { offset: tokens.start };
    }
    isOurs = /^(temp_store|data_store)_directory$/i.test(tokens.name);
    if (!isOurs && tokens.isSymbol('=')) {
      return undefined;
    }
  }
  return undefined;
}

function isWord(tokens: Tokens, word: string): boolean {
  return tokens.kind === 'word' && tokens.raw.toLowerCase() === word;
}
