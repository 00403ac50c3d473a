import { statSync } from 'node:fs';

/** One file as `stat` shows it. */
export interface FileState {
  readonly dev: bigint;
  readonly ino: bigint;
  readonly size: bigint;
  readonly mtimeNs: bigint;
}

/** A database and the files SQLite keeps beside it, as they were at one moment. */
export interface DatabaseFiles {
  readonly main: FileState;
  readonly regular: boolean;
  /** How many names it has. */
  readonly names: bigint;
  readonly wal?: FileState;
  readonly shm?: FileState;
  readonly journal?: FileState;
}

/**
 * Only ever `stat`, see `fileIdentity`.
 * @param path with all links resolved
 * @returns `undefined` when there is no database
 */
export function databaseFiles(path: string): DatabaseFiles | undefined {
  const main = statSync(path, { bigint: true, throwIfNoEntry: false });
  return (
    main && {
      main: state(main),
      regular: main.isFile(),
      names: main.nlink,
      wal: stateOf(`${path}-wal`),
      shm: stateOf(`${path}-shm`),
      journal: stateOf(`${path}-journal`),
    }
  );
}

/** Whether nothing was written in between. Of `-shm` only the presence counts: readers write it. */
export function sameFiles(a: DatabaseFiles | undefined, b: DatabaseFiles | undefined): boolean {
  return (
    sameState(a?.main, b?.main) &&
    a?.names === b?.names &&
    sameState(a?.wal, b?.wal) &&
    sameState(a?.journal, b?.journal) &&
    !a?.shm === !b?.shm
  );
}

export function sameState(a: FileState | undefined, b: FileState | undefined): boolean {
  return a?.dev === b?.dev && a?.ino === b?.ino && a?.size === b?.size && a?.mtimeNs === b?.mtimeNs;
}

function stateOf(path: string): FileState | undefined {
  const found = statSync(path, { bigint: true, throwIfNoEntry: false });
  return found && state(found);
}

function state({ dev, ino, size, mtimeNs }: FileState): FileState {
  return { dev, ino, size, mtimeNs };
}
