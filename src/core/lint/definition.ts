import { foldName } from '../sql/foldName';
import { Tokens } from '../sql/tokens';
import { statementFacts } from './statementFacts';

/**
 * What a CREATE statement makes, in a form in which two that make the same are mostly equal: blanks,
 * comments, quotes, case and the words before the name do not count.
 *
 * @param order false: the order of a table's columns does not count either
 */
export function definition(sql: string, { order = true } = {}): string {
  const facts = statementFacts(sql);
  if (facts.verb !== 'create') {
    return sql;
  }
  const head = `${facts.unique ? 'unique ' : ''}${facts.virtual ? 'virtual ' : ''}${facts.type} `;
  const parts = partsOf(sql, facts.rest);
  const isTable = facts.type === 'table' && !facts.virtual;
  const body = isTable && !order ? parts.slice(1, -1).sort() : parts.slice(1, -1);
  const ends = parts.length > 1 ? [parts[0], body.join(','), parts.at(-1)] : parts;
  return `${head}${foldName(facts.name)} ${ends.join('|')}`;
}

/** What stands before the first parenthesis, between its commas, and after it. */
function partsOf(sql: string, from: number): string[] {
  const tokens = new Tokens(sql, from);
  const parts = [''];
  let isOpen = false;
  for (let depth = 0; tokens.next();) {
    const isComma = depth === 1 && isOpen && tokens.isSymbol(',');
    const opens = depth === 0 && parts.length === 1 && tokens.isSymbol('(');
    depth += tokens.isSymbol('(') ? 1 : tokens.isSymbol(')') ? -1 : 0;
    const closes: boolean = depth === 0 && isOpen && tokens.isSymbol(')');
    isOpen = opens || (isOpen && !closes);
    if (isComma || opens || closes) {
      parts.push('');
    } else if (!tokens.isSymbol(';') || isOpen) {
      parts[parts.length - 1] += ` ${tokenText(tokens)}`;
    }
  }
  return parts;
}

/** A name counts the same with quotes and without. */
function tokenText(tokens: Tokens): string {
  return tokens.kind === 'word' || tokens.kind === 'quoted' ? foldName(tokens.name) : tokens.raw;
}
