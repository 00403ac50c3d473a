import { type TokenKind, Tokens } from '../../core/sql/tokens';

/** A token of SQL; offsets in UTF-16 units. */
export interface NameToken {
  readonly kind: TokenKind;
  /** Without quotes; for symbols, the symbol. */
  readonly name: string;
  readonly start: number;
  readonly end: number;
}

/** The tokens of the statement around an offset, from the `;` before it to the `;` after it. */
export function tokensAround(text: string, offset: number): readonly NameToken[] {
  const tokens = new Tokens(text);
  let found: NameToken[] = [];
  while (tokens.next()) {
    const { kind, name, start, end } = tokens;
    if (!tokens.isSymbol(';')) {
      found.push({ kind, name, start, end });
    } else if (end > offset) {
      break;
    } else {
      found = [];
    }
  }
  return found;
}

/** The name that an offset is in or at the end of, quoted or not. */
export function nameAt(tokens: readonly NameToken[], offset: number): NameToken | undefined {
  return tokens.find((token) => isName(token) && token.start <= offset && offset <= token.end);
}

export function isName({ kind }: NameToken): boolean {
  return kind === 'word' || kind === 'quoted';
}

/** `a.` before the token at this index: `a`. */
export function qualifierOf(tokens: readonly NameToken[], index: number): string | undefined {
  const [name, dot] = [tokens[index - 2], tokens[index - 1]];
  return dot?.name === '.' && dot.kind === 'symbol' && name && isName(name) ? name.name : undefined;
}
