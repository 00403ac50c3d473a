import { Tokens } from './tokens';

/** Whether two texts differ in nothing but comments and the blanks between tokens. */
export function sameStatements(a: string, b: string): boolean {
  const [first, second] = [new Tokens(a), new Tokens(b)];
  for (;;) {
    const more = first.next();
    if (more !== second.next()) {
      return false;
    }
    if (!more) {
      return true;
    }
    if (first.raw !== second.raw || first.kind === 'unterminated') {
      return false;
    }
  }
}
