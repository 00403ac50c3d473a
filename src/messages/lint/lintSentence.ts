import type { Sentence } from '../sentence';
import type { Translate } from '../translate';

/**
 * Words a warning of one rule.
 *
 * @param text one of the warning's parameters
 * @param rows -1 where they are not known
 */
export type LintSentence = (text: (name: string) => string, rows: number, t: Translate) => Sentence;
