import { closeSync, fsyncSync, openSync, writeSync } from 'node:fs';
import { nativeBackup } from './nativeBackup';
import { translateErrors } from './nativeError';
import type { NativeModule } from './nativeSqlite';

/** Up to so many bytes a copy goes through memory, which takes a fifth of the time. */
const small = 8 * 1024 * 1024;

/**
 * Copies a database as its connections see it, `-wal` included, through a connection of its own.
 * To be called while this process keeps writers out: then the copy is of one moment.
 *
 * @param to an existing empty file; durable when the promise resolves
 * @param proceed called now and then; what it throws ends the copying
 */
export async function nativeCopy(
  path: string,
  to: string,
  sqlite: NativeModule,
  proceed: () => void,
): Promise<void> {
  const source = translateErrors(() => new sqlite.DatabaseSync(path, { readOnly: true }));
  try {
    const { bytes } = translateErrors(
      () =>
        source
          .prepare(
            'SELECT page_count * page_size AS bytes FROM pragma_page_count, pragma_page_size',
          )
          .get() as { bytes: number },
    );
    // Which of these there are depends on the Node that runs.
    if (bytes <= small && typeof source.serialize === 'function') {
      const content = translateErrors(() => source.serialize());
      writeWhole(to, content);
    } else if (typeof sqlite.backup === 'function') {
      await nativeBackup(source, to, sqlite, proceed);
    } else {
      translateErrors(() => source.prepare('VACUUM INTO ?').run(to));
    }
  } finally {
    source.close();
  }
}

function writeWhole(path: string, content: Uint8Array): void {
  const file = openSync(path, 'r+');
  try {
    for (let written = 0; written < content.length;) {
      written += writeSync(file, content, written);
    }
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
}
