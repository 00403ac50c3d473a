import type { Script } from '../migration';
import { scriptSections } from './scriptSections';

/**
 * What runs of a script, in the order it runs, without what was blanked out before and after it. A
 * script made of it runs the same statements.
 */
export function scriptSql(script: Script): string {
  return scriptSections(script)
    .map(({ start, end }) => withoutBlankLines(script.text.slice(start, end)))
    .join('\n;\n');
}

function withoutBlankLines(text: string): string {
  const first = text.search(/\S/);
  return first < 0 ? '' : text.slice(text.lastIndexOf('\n', first) + 1).trimEnd();
}
