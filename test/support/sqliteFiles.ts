import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { lstatSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** An empty folder of its own, all links resolved. */
export function temporaryFolder(): string {
  return realpathSync(mkdtempSync(join(tmpdir(), 'lockstep-')));
}

export function removeFolder(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}

/**
 * Runs a script in another process on this Node. `open(path)` gives a `node:sqlite` connection,
 * `die()` ends the process as `kill -9` does. Nothing in this process touches the database.
 */
export function elsewhere(script: string): void {
  const { status, signal, stderr } = spawnSync(
    process.execPath,
    [
      '--no-warnings',
      '-e',
      `const { DatabaseSync } = require('node:sqlite');
       const open = (path) => new DatabaseSync(path);
       const die = () => process.kill(process.pid, 'SIGKILL');
       ${script}`,
    ],
    { encoding: 'utf8' },
  );
  if (status !== 0 && signal !== 'SIGKILL') {
    throw new Error(stderr);
  }
}

/** Content and time of every file of a folder. Not for a process with connections to them. */
export function folderBytes(folder: string): Record<string, string> {
  return Object.fromEntries(
    readdirSync(folder)
      .sort()
      .filter((name) => lstatSync(join(folder, name)).isFile())
      .map((name) => [
        name,
        createHash('sha256')
          .update(readFileSync(join(folder, name)))
          .digest('hex') + lstatSync(join(folder, name), { bigint: true }).mtimeNs,
      ]),
  );
}

/** Names of files that SQLite could take for something else: a URI, an escape, a database in memory. */
export const namesLikeUris = [
  'a?b.db',
  'a#b.db',
  'a%41.db',
  'a b.db',
  'schön 数.db',
  ':memory:',
  'file:x',
];
