import { statSync } from 'node:fs';

/** Which file a path named at one moment. `dev` and `ino` name it as long as it exists. */
export interface FileIdentity {
  readonly dev: bigint;
  readonly ino: bigint;
}

/**
 * The identity of the file behind `path`, links followed; `undefined` when there is none.
 * Only ever `stat`: opening and closing a database through `fs` would drop the locks that SQLite
 * holds on it in this process (https://www.sqlite.org/howtocorrupt.html, 2.2).
 */
export function fileIdentity(path: string): FileIdentity | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && { dev: found.dev, ino: found.ino };
}

export function sameIdentity(a: FileIdentity | undefined, b: FileIdentity | undefined): boolean {
  return a?.dev === b?.dev && a?.ino === b?.ino;
}
