import { foldName } from './foldName';
import { Tokens } from './tokens';

/** All words, names and strings of some SQL in lower case: whatever it names is among them. */
export function wordsOf(sql: string): ReadonlySet<string> {
  const words = new Set<string>();
  const tokens = new Tokens(sql);
  while (tokens.next()) {
    if (tokens.kind === 'word' || tokens.kind === 'quoted' || tokens.kind === 'string') {
      words.add(foldName(tokens.name));
    }
  }
  return words;
}
