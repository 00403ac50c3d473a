import { Tokens } from '../sql/tokens';
import { lintRules, type LintRule } from './lintWarning';

/** Where comments in a file ask for rules to be passed over. */
export class IgnoreComments {
  private readonly ofFile = new Set<LintRule>();
  private readonly comments: { readonly start: number; readonly rules: readonly LintRule[] }[] = [];

  /**
   * @param text the file with what belongs to one direction
   * @param fileText the whole file, which is what comments about the whole file may be anywhere in
   */
  constructor(
    private readonly text: string,
    fileText: string,
  ) {
    for (const { start, isFile, rules } of ignoresIn(text)) {
      if (!isFile) {
        this.comments.push({ start, rules });
      }
    }
    for (const { isFile, rules } of ignoresIn(fileText)) {
      rules.forEach((rule) => isFile && this.ofFile.add(rule));
    }
  }

  /**
   * Whether a rule is passed over at a statement: by a comment inside or behind it in its last line,
   * or by one between it and the statement before, or anywhere for the whole file.
   *
   * @param after where the statement before it ends
   */
  covers(rule: LintRule, after: number, { start, end }: { start: number; end: number }): boolean {
    if (this.ofFile.has(rule) || this.comments.length === 0) {
      return this.ofFile.has(rule);
    }
    const from = after === 0 ? 0 : this.lineEnd(after);
    const until = this.lineEnd(end);
    return this.comments.some(
      (comment) =>
        comment.start < Math.max(until, start) &&
        (comment.start >= from || comment.start >= start) &&
        comment.rules.includes(rule),
    );
  }

  private lineEnd(offset: number): number {
    const at = this.text.slice(offset).search(/[\r\n]/);
    return at < 0 ? this.text.length : offset + at;
  }
}

interface Ignore {
  readonly start: number;
  readonly isFile: boolean;
  readonly rules: readonly LintRule[];
}

/** Comments are what stands between tokens: a string may look like one. */
function ignoresIn(text: string): Ignore[] {
  const found: Ignore[] = [];
  if (!text.includes('lockstep-ignore')) {
    return found;
  }
  const tokens = new Tokens(text);
  let last = 0;
  for (let more = true; more; last = tokens.end) {
    more = tokens.next();
    const between = text.slice(last, more ? tokens.start : text.length);
    for (const match of between.matchAll(
      /(?:--|\/\*)\s*lockstep-ignore(-file)?(?![\w-])([^*\r\n]*)/g,
    )) {
      const [, file, list] = match;
      found.push({ start: last + match.index, isFile: file !== undefined, rules: rulesIn(list) });
    }
  }
  return found;
}

/** The rules named at the start of a text; all of them where it is empty. What follows is a reason. */
function rulesIn(list: string): readonly LintRule[] {
  const names = list.split(/[\s,:]+/).filter(Boolean);
  if (names.length === 0) {
    return lintRules;
  }
  const end = names.findIndex((name) => !lintRules.includes(name as LintRule));
  return (end < 0 ? names : names.slice(0, end)) as LintRule[];
}
