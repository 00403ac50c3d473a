import { basename, dirname, join } from 'node:path';

/** The names of everything the sentinel keeps beside a database. */
export interface LockPaths {
  /** The folder all of it is in. */
  readonly directory: string;
  /** The sentinel itself: a folder, because only one process can create one. */
  readonly folder: string;
  /** The holder's card. */
  readonly card: string;
  /** Says who is about to create the sentinel, until the card says it. */
  draft(token: string): string;
  /** A card that is about to be put in place. */
  page(token: string): string;
  /** Becomes a marker by being linked to its name. */
  claim(token: string): string;
  /**
   * Whoever has it, and nobody else, may remove the lock called `key`. The next generation counts
   * where the owner of this one died before it was done.
   */
  marker(key: string, generation: number): string;
  /** The token behind a draft's name; undefined for any other name. */
  draftToken(name: string): string | undefined;
  /**
   * For a name of ours that only lives for a moment: whose it is, as far as the name tells.
   * @returns undefined for any other name
   */
  transient(name: string): { readonly token?: string } | undefined;
}

/** @param database canonical path */
export function lockPaths(database: string): LockPaths {
  const directory = dirname(database);
  const folder = `${basename(database)}.lock`;
  const beside = (name: string): string => join(directory, folder + name);
  return {
    directory,
    folder: beside(''),
    card: beside('.json'),
    draft: (token) => beside(`.json.${token}`),
    page: (token) => beside(`.json.${token}.new`),
    claim: (token) => beside(`.claim.${token}`),
    marker: (key, generation) => beside(`.by.${key}.${generation}`),
    draftToken: (name) => {
      const found = transient(name);
      return found && name === `${folder}.json.${found.token}` ? found.token : undefined;
    },
    transient,
  };

  function transient(name: string): { readonly token?: string } | undefined {
    const rest = name.startsWith(folder) ? name.slice(folder.length) : '';
    const token = ownName.exec(rest)?.[1];
    return token || markerName.test(rest) ? { token } : undefined;
  }
}

const ownName = /^\.(?:json|claim)\.([0-9a-f]{32})(?:\.new)?$/;
const markerName = /^\.by\.(?:[0-9a-f]{32}|\d+-\d+)\.\d+$/;
