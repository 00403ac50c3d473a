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
  const top = /^(?:[^\S\n]*(?:--[^\n]*)?\n)*[^\S\n]*(?:--[^\n]*)?/.exec(text)![0];
  for (const header of top.matchAll(/^[^\S\r\n\u2028\u2029]*--[^\S\r\n\u2028\u2029]*lockstep:/gm)) {
    const from = header.index + header[0].length;
    const [line] = text.slice(from).split('\n', 1);
    for (const word of line!.matchAll(/\S+/g)) {
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
