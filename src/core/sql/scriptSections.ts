import type { Script, Section } from '../migration';

/** The parts of a script's text that run, in the order they run. */
export function scriptSections({ text, sections }: Script): readonly Section[] {
  return sections ?? [{ start: 0, end: text.length }];
}
