import { Tokens } from './tokens';

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
