import { invalidMigration } from '../invalidMigration';
import type { Script } from '../migration';
import { placeAt } from './place';
import type { StatementKind } from './statementKind';
import type { Statement } from './statements';

/**
 * The indices of an outer BEGIN and its COMMIT, empty where there is none: the only two of their
 * kind, with nothing but PRAGMAs before and after.
 */
export function outerTransaction(kinds: readonly StatementKind[]): readonly number[] {
  const control = [...kinds.keys()].filter((i) => /^(begin|commit|rollback)$/.test(kinds[i]!.kind));
  const [begin, commit] = control;
  const isPair =
    control.length === 2 && kinds[begin!]!.kind === 'begin' && kinds[commit!]!.kind === 'commit';
  const isOuter =
    isPair && kinds.every(({ kind }, i) => (i >= begin! && i <= commit!) || kind === 'pragma');
  return isOuter ? control : [];
}

/**
 * Refuses a script that would fail half-way, or would leave a transaction open: COMMIT without
 * BEGIN, RELEASE without SAVEPOINT, BEGIN without COMMIT. Inside a transaction of ours a savepoint
 * may stay open, since the COMMIT ends it.
 */
export function checkTransactionControl(
  script: Script,
  statements: readonly Statement[],
  kinds: readonly StatementKind[],
  mode: 'transaction' | 'outside',
): void {
  const wrong = wrongControl(kinds, mode);
  if (wrong !== undefined) {
    const place = placeAt(script.file, script.text, statements[wrong]!.start);
    throw invalidMigration('transactionControl', place, { statement: statements[wrong]!.text });
  }
}

interface Open {
  readonly name?: string;
  readonly index: number;
}

/** The index of the first statement without its counterpart. */
function wrongControl(
  kinds: readonly StatementKind[],
  mode: 'transaction' | 'outside',
): number | undefined {
  let open: Open[] = [];
  for (const [index, kind] of kinds.entries()) {
    switch (kind.kind) {
      case 'begin':
        if (open.length) {
          return index;
        }
        open.push({ index });
        break;
      case 'commit':
      case 'rollback':
        if (!open.length) {
          return index;
        }
        open = [];
        break;
      case 'savepoint':
        open.push({ name: kind.name, index });
        break;
      case 'release':
      case 'rollbackTo': {
        const at = open.findLastIndex(({ name }) => name === kind.name);
        if (at < 0) {
          return index;
        }
        open.splice(kind.kind === 'release' ? at : at + 1);
        break;
      }
    }
  }
  return open.find(({ name }) => mode === 'outside' || name === undefined)?.index;
}
