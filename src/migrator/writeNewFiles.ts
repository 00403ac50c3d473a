import { mkdir, open, unlink } from 'node:fs/promises';
import { LockstepError } from '../core/errors';

/**
 * Writes files that do not exist yet, all of them or none. The folder is made if it is missing.
 * @throws LockstepError `migrations.unwritable`, also where one of them exists
 */
export async function writeNewFiles(
  folder: string,
  files: readonly { readonly path: string; readonly text: string | Buffer }[],
): Promise<void> {
  const created: string[] = [];
  try {
    await mkdir(folder, { recursive: true });
    for (const { path, text } of files) {
      const file = await open(path, 'wx');
      created.push(path);
      try {
        await file.writeFile(text);
      } finally {
        await file.close();
      }
    }
  } catch (error) {
    await Promise.all(created.map((path) => unlink(path).catch(() => undefined)));
    const { message } = error as Error;
    throw new LockstepError('migrations.unwritable', { folder, message });
  }
}
