import type { KnownTable } from './knownTables';
import { isName, type NameToken } from './sqlNames';

/** Words that can follow a table's name and are no alias of it. */
const follows = new Set(
  (
    'add after alter and as before begin cross default delete do drop end except for from full group ' +
    'having in indexed inner insert instead intersect is join left limit natural not of on or order ' +
    'outer rename returning right select set then to union update using values when where window with'
  ).split(' '),
);

/** The tables that a statement names, by the names that it has for them: their own and aliases. */
export function tableUses(
  tokens: readonly NameToken[],
  tables: readonly KnownTable[],
): ReadonlyMap<string, KnownTable> {
  const byName = new Map(tables.map((table) => [table.name.toLowerCase(), table]));
  const uses = new Map<string, KnownTable>();
  tokens.forEach((token, index) => {
    const table = isName(token) ? byName.get(token.name.toLowerCase()) : undefined;
    if (!table || isDot(tokens[index + 1])) {
      return;
    }
    uses.set(token.name.toLowerCase(), table);
    const next = tokens[index + 1];
    const hasAs = next?.kind === 'word' && next.name.toLowerCase() === 'as';
    const alias = hasAs ? tokens[index + 2] : next;
    if (
      alias &&
      isName(alias) &&
      !(alias.kind === 'word' && follows.has(alias.name.toLowerCase()))
    ) {
      uses.set(alias.name.toLowerCase(), table);
    }
  });
  return uses;
}

function isDot(token: NameToken | undefined): boolean {
  return token?.kind === 'symbol' && token.name === '.';
}
