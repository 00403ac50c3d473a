import { sameTokens } from './sameTokens';

/** Whether two texts differ in nothing but comments and the blanks between tokens. */
export function sameStatements(a: string, b: string): boolean {
  return sameTokens(
    a,
    b,
    (first, second) => first.raw === second.raw && first.kind !== 'unterminated',
  );
}
