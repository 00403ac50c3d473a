import { Tokens } from '../sql/tokens';

/** What a PRAGMA that is on or off is set to; undefined where that is not plain. */
export function pragmaSwitch(text: string): boolean | undefined {
  const value = pragmaValue(text);
  return /^(1|on|yes|true)$/.test(value)
    ? true
    : /^(0|off|no|false)$/.test(value)
      ? false
      : undefined;
}

/** What a PRAGMA is set to, in lower case; empty where nothing is. */
export function pragmaValue(text: string): string {
  const tokens = new Tokens(text);
  let sets = false;
  while (tokens.next()) {
    if (sets) {
      return tokens.name.toLowerCase();
    }
    sets = tokens.isSymbol('=') || tokens.isSymbol('(');
  }
  return '';
}
