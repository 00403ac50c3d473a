import type { Migration, Script } from '../../core/migration';
import { loadCrypto } from '../../core/sha256';
import { databaseStamp } from '../../sqlite/databaseStamp';

/**
 * Names all that a rehearsal depends on: the database's content, as far as {@link databaseStamp} can
 * tell, and the folder's migrations. As long as it is the same, what was tried need not be tried again.
 *
 * @param path canonical path of the database
 */
export function contentName(path: string, migrations: readonly Migration[]): string {
  const hash = loadCrypto().createHash('sha256').update(databaseStamp(path));
  const add = ({ text, transaction, foreignKeys }: Script): void => {
    hash.update(`\0${text.length} ${transaction} ${foreignKeys}\0${text}`);
  };
  for (const { version, id, up, down } of migrations) {
    hash.update(`\0${version}\0${id}\0${down ? 2 : 1}`);
    add(up);
    if (down) {
      add(down);
    }
  }
  return hash.digest('base64');
}
