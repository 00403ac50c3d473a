import { invalidMigration } from '../invalidMigration';
import type { Script } from '../migration';
import { placeAt } from '../sql/place';
import type { SourceFile } from './format';

/**
 * The options of a plain file: a line `-- lockstep: transaction:false foreign_keys:true` among the
 * comment lines at its top. A word that is no option is refused: a misspelt `transaction:false`
 * must not be overlooked.
 *
 * @throws LockstepError `migrations.invalid`, reason `option`
 */
export function headerOptions({
  path,
  text,
}: SourceFile): Pick<Script, 'transaction' | 'foreignKeys'> {
  let transaction = true;
  let foreignKeys = false;
  for (const { from, options } of headers(text)) {
    for (const word of options.matchAll(/\S+/g)) {
      const option = /^(transaction|foreign_keys):(true|false)$/.exec(word[0]);
      if (!option) {
        const place = placeAt(path, text, from + word.index);
        throw invalidMigration('option', place, { option: word[0] });
      }
      if (option[1] === 'transaction') {
        transaction = option[2] === 'true';
      } else {
        foreignKeys = option[2] === 'true';
      }
    }
  }
  return { transaction, foreignKeys };
}

/** What follows `-- lockstep:` in the blank and comment lines at the top, and where it begins. */
function* headers(text: string): Generator<{ from: number; options: string }> {
  for (let start = 0, end = 0; end >= 0; start = end + 1) {
    end = text.indexOf('\n', start);
    const line = text.slice(start, end < 0 ? undefined : end);
    if (!/^\s*(?:--|$)/.test(line)) {
      return;
    }
    const header = /^\s*--\s*lockstep:/.exec(line)?.[0];
    if (header !== undefined) {
      yield { from: start + header.length, options: line.slice(header.length) };
    }
  }
}
