import type { Section } from '../migration';

/**
 * The text with everything outside the sections (in order of the text) replaced by blanks: same
 * length, same lines.
 */
export function blankedExcept(text: string, sections: readonly Section[]): string {
  let result = '';
  let last = 0;
  for (const { start, end } of sections) {
    result += blank(text.slice(last, start)) + text.slice(start, end);
    last = end;
  }
  return result + blank(text.slice(last));
}

function blank(text: string): string {
  return text.replace(/[^\r\n]+/g, (run) => ' '.repeat(run.length));
}
