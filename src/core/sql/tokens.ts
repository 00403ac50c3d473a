/**
 * `unterminated` is a string, quoted name or block comment that never ends; `illegal` is what no SQL
 * can contain.
 */
export type TokenKind =
  | 'word'
  | 'quoted' // "a" `a` [a]
  | 'string'
  | 'blob'
  | 'number'
  | 'parameter'
  | 'symbol'
  | 'unterminated'
  | 'illegal';

/**
 * Reads SQL token by token as SQLite's tokenizer does (https://sqlite.org/src/file/src/tokenize.c),
 * skipping blanks and comments. A cursor rather than a list, so that a script of 100 MB costs no
 * object per token.
 */
export class Tokens {
  /** The kind of the current token. */
  kind: TokenKind = 'symbol';
  /** Where it starts, in UTF-16 units. */
  start: number;
  /** Where it ends. */
  end: number;

  constructor(
    private readonly text: string,
    from = 0,
    private readonly until = text.length,
  ) {
    this.start = from;
    this.end = from;
  }

  /** The current token as written. */
  get raw(): string {
    return this.text.slice(this.start, this.end);
  }

  /** The current token without its quotes. */
  get name(): string {
    const raw = this.raw;
    if (this.kind !== 'quoted' && this.kind !== 'string') {
      return raw;
    }
    const inner = raw.slice(1, -1);
    return raw[0] === '[' ? inner : inner.replaceAll(raw[0] + raw[0], raw[0]);
  }

  /** The current token is this symbol of one character. */
  isSymbol(symbol: string): boolean {
    return (
      this.kind === 'symbol' &&
      this.end === this.start + 1 &&
      this.text.charCodeAt(this.start) === symbol.charCodeAt(0)
    );
  }

  /** Moves to the next token; false at the end. */
  next(): boolean {
    let at = this.end;
    for (;;) {
      while (at < this.until && isBlank(this.text.charCodeAt(at))) {
        at++;
      }
      const afterComment = this.skipComment(at);
      if (afterComment === undefined) {
        return this.take('unterminated', at, this.until);
      }
      if (afterComment === at) {
        break;
      }
      at = afterComment;
    }
    return at < this.until && this.read(at);
  }

  /** The offset after the comment at `at`, `at` where there is none, undefined if it never ends. */
  private skipComment(at: number): number | undefined {
    const first = this.text.charCodeAt(at);
    const second = this.text.charCodeAt(at + 1);
    if (first === 0x2d && second === 0x2d) {
      return this.find('\n', at + 2) ?? this.until;
    }
    if (first === 0x2f && second === 0x2a) {
      const end = this.find('*/', at + 2);
      return end === undefined ? undefined : end + 2;
    }
    return at;
  }

  private read(at: number): boolean {
    const code = this.text.charCodeAt(at);
    if (isWordPart(code) && !isDigit(code) && code !== 0x24) {
      const isBlob = (code | 0x20) === 0x78 && this.text.charCodeAt(at + 1) === 0x27;
      return isBlob ? this.readQuoted('blob', at, at + 1) : this.take('word', at, this.wordEnd(at));
    }
    switch (code) {
      case 0x27: // '
        return this.readQuoted('string', at, at);
      case 0x22: // "
      case 0x60: // `
        return this.readQuoted('quoted', at, at);
      case 0x5b: // [
        return this.readBracketed(at);
      case 0x3f: // ?
        return this.take('parameter', at, this.digitsEnd(at + 1));
      case 0x24: // $
      case 0x40: // @
      case 0x3a: // :
      case 0x23: // #
        return this.readNamedParameter(at);
    }
    const isNumber = isDigit(code) || (code === 0x2e && isDigit(this.text.charCodeAt(at + 1)));
    return isNumber ? this.take('number', at, this.numberEnd(at)) : this.take('symbol', at, at + 1);
  }

  /** `quote` is the offset of the opening quote; a doubled quote stands for itself. */
  private readQuoted(kind: TokenKind, at: number, quote: number): boolean {
    const mark = this.text[quote];
    let end = this.find(mark, quote + 1);
    while (end !== undefined && end + 1 < this.until && this.text[end + 1] === mark) {
      end = this.find(mark, end + 2);
    }
    return end === undefined
      ? this.take('unterminated', at, this.until)
      : this.take(kind, at, end + 1);
  }

  private readBracketed(at: number): boolean {
    const end = this.find(']', at + 1);
    return end === undefined
      ? this.take('unterminated', at, this.until)
      : this.take('quoted', at, end + 1);
  }

  /** `:a`, `@a`, `$a`, and Tcl's `$a::b(c)`, whose parentheses may hold anything but blanks. */
  private readNamedParameter(at: number): boolean {
    let end = at + 1;
    let named = false;
    for (; end < this.until; end++) {
      const code = this.text.charCodeAt(end);
      if (isWordPart(code)) {
        named = true;
      } else if (code === 0x28 && named) {
        do {
          end++;
        } while (end < this.until && !isBlank(this.text.charCodeAt(end)) && this.text[end] !== ')');
        return this.text[end] === ')' && end < this.until
          ? this.take('parameter', at, end + 1)
          : this.take('illegal', at, end);
      } else if (code === 0x3a && this.text.charCodeAt(end + 1) === 0x3a) {
        end++;
      } else {
        break;
      }
    }
    return this.take(named ? 'parameter' : 'illegal', at, end);
  }

  private numberEnd(at: number): number {
    const isHex = this.text[at] === '0' && (this.text.charCodeAt(at + 1) | 0x20) === 0x78;
    let end = at;
    for (; end < this.until; end++) {
      const code = this.text.charCodeAt(end);
      const isSign =
        (code === 0x2b || code === 0x2d) &&
        !isHex &&
        (this.text.charCodeAt(end - 1) | 0x20) === 0x65 &&
        isDigit(this.text.charCodeAt(end + 1));
      if (!isWordPart(code) && code !== 0x2e && !isSign) {
        break;
      }
    }
    return end;
  }

  private digitsEnd(at: number): number {
    let end = at;
    while (end < this.until && isDigit(this.text.charCodeAt(end))) {
      end++;
    }
    return end;
  }

  private wordEnd(at: number): number {
    let end = at + 1;
    while (end < this.until && isWordPart(this.text.charCodeAt(end))) {
      end++;
    }
    return end;
  }

  private find(what: string, from: number): number | undefined {
    const at = this.text.indexOf(what, from);
    return at < 0 || at + what.length > this.until ? undefined : at;
  }

  private take(kind: TokenKind, start: number, end: number): boolean {
    this.kind = kind;
    this.start = start;
    this.end = end;
    return true;
  }
}

function isDigit(code: number): boolean {
  return code >= 0x30 && code <= 0x39;
}

function isWordPart(code: number): boolean {
  return (
    (code >= 0x61 && code <= 0x7a) ||
    (code >= 0x41 && code <= 0x5a) ||
    isDigit(code) ||
    code === 0x5f ||
    code === 0x24 ||
    code >= 0x80
  );
}

/** A byte order mark between tokens counts as a blank, as it does for SQLite. */
function isBlank(code: number): boolean {
  return code === 0x20 || (code >= 0x09 && code <= 0x0d && code !== 0x0b) || code === 0xfeff;
}

/** Whether two texts are alike token by token; comments and the blanks between do not count. */
export function sameTokens(
  a: string,
  b: string,
  isAlike: (first: Tokens, second: Tokens) => boolean,
): boolean {
  const [first, second] = [new Tokens(a), new Tokens(b)];
  for (;;) {
    const more = first.next();
    if (more !== second.next()) {
      return false;
    }
    if (!more) {
      return true;
    }
    if (!isAlike(first, second)) {
      return false;
    }
  }
}

/** Whether two texts differ in nothing but comments and the blanks between tokens. */
export function sameStatements(a: string, b: string): boolean {
  return sameTokens(
    a,
    b,
    (first, second) => first.raw === second.raw && first.kind !== 'unterminated',
  );
}

/** All words, names and strings of some SQL in lower case: whatever it names is among them. */
export function wordsOf(sql: string): ReadonlySet<string> {
  const words = new Set<string>();
  const tokens = new Tokens(sql);
  while (tokens.next()) {
    if (tokens.kind === 'word' || tokens.kind === 'quoted' || tokens.kind === 'string') {
      words.add(foldName(tokens.name));
    }
  }
  return words;
}

/**
 * A name as SQLite compares names: A to Z count as a to z, other letters as they are. JavaScript's
 * lower case of `Ärzte` is another name to SQLite.
 */
export function foldName(name: string): string {
  return beyondAscii.test(name)
    ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    : name.toLowerCase();
}

const beyondAscii = /[^\p{ASCII}]/u;

/** An identifier as SQL text, whatever it contains. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}
