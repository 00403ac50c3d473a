import { basename, dirname, join } from 'node:path';
import type { Holder, OwnerKind, ProcessIdentity, Progress } from '../core/model';
import { readSmallFile } from '../system/files';
import { randomHex } from '../system/process';

/** What a card says: the holder, and which folder it belongs to. */
export interface HolderCard {
  readonly holder: Holder;
  /** The identity of the sentinel's folder (`FolderState.id`); absent while it is not created. */
  readonly folder?: string;
}

/** A file name's longest, with some room. */
const nameLimit = 260;

const kinds: ReadonlySet<unknown> = new Set<OwnerKind>(['window', 'terminal', 'task']);

export function serializeCard({ holder, folder }: HolderCard): string {
  const { workspace, progress } = holder;
  const card = {
    ...holder,
    workspace: plainText(workspace),
    progress: progress && { ...progress, migration: plainText(progress.migration, nameLimit) },
    folder,
  };
  return `${JSON.stringify(card, undefined, 2)}\n`;
}

/**
 * Reads a card as untrusted text: every field is checked, cleaned and cut.
 * @returns undefined when it is not a card
 */
export function parseCard(text: string): HolderCard | undefined {
  const card = parseObject(text);
  if (!card || !isLockToken(card.token) || !isCount(card.pid, 1) || !kinds.has(card.kind)) {
    return undefined;
  }
  const since = typeof card.since === 'string' ? Date.parse(card.since) : NaN;
  const [host, machine, version] = [card.host, card.machine, card.version].map((value) =>
    plainText(value),
  );
  if (Number.isNaN(since) || host === undefined || !machine || version === undefined) {
    return undefined;
  }
  const holder: Holder = {
    token: card.token,
    pid: card.pid,
    kind: card.kind as OwnerKind,
    since: new Date(since).toISOString(),
    host,
    machine,
    version,
    ...optional('started', plainText(card.started)),
    ...optional('workspace', plainText(card.workspace)),
    ...optional('progress', parseProgress(card.progress)),
  };
  return { holder, ...optional('folder', plainText(card.folder)) };
}

function parseProgress(value: unknown): Progress | undefined {
  if (!isObject(value)) {
    return undefined;
  }
  const { direction, step, steps } = value;
  const migration = plainText(value.migration, nameLimit);
  const told = direction === 'up' || direction === 'down';
  return told && isCount(step, 0) && isCount(steps, 0) && migration !== undefined
    ? { direction, step, steps, migration }
    : undefined;
}

function parseObject(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** A whole number that fits a pid; 0 and below would address groups of processes. */
function isCount(value: unknown, least: number): value is number {
  return Number.isInteger(value) && (value as number) >= least && (value as number) <= 0x7fffffff;
}

function optional<K extends string, V>(key: K, value: V | undefined): { [P in K]?: V } {
  return value === undefined ? {} : ({ [key]: value } as { [P in K]: V });
}

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

/**
 * A name for one taking of the lock: 32 hexadecimal digits. Used in file names, so it is checked
 * when read from a card. The first half tells machine and process, so that a file can be swept
 * whose writer died before he wrote a word.
 */
export function newLockToken({ machine, pid }: ProcessIdentity): string {
  return markOf(machine, pid) + randomHex(16);
}

/** Whether a text read from a card is a token of ours. */
function isLockToken(text: unknown): text is string {
  return typeof text === 'string' && /^[0-9a-f]{32}$/.test(text);
}

/** @returns the pid in a token, undefined when it is of another machine */
export function pidInToken(token: string, machine: string): number | undefined {
  const pid = parseInt(token.slice(8, 16), 16);
  return token.startsWith(markOf(machine, pid)) ? pid : undefined;
}

function markOf(machine: string, pid: number): string {
  return hex(hash(machine)) + hex(pid);
}

function hex(value: number): string {
  return value.toString(16).padStart(8, '0');
}

/** FNV-1a, 32 bits (http://www.isthe.com/chongo/tech/comp/fnv/). */
function hash(text: string): number {
  let value = 0x811c9dc5;
  for (const byte of Buffer.from(text)) {
    value = Math.imul(value ^ byte, 0x01000193);
  }
  return value >>> 0;
}

/**
 * A text from a file anybody may have written, made fit for a tooltip or a log line: no control,
 * format (bidi marks among them), surrogate or line-separator characters, and not too long.
 * Markdown is left alone: whoever renders it must escape it.
 *
 * @returns undefined for anything but a text
 */
function plainText(value: unknown, limit = 200): string | undefined {
  if (typeof value !== 'string') {
    return undefined;
  }
  // Cut before as well: a megabyte is not worth cleaning.
  const start = value.slice(0, limit * 4);
  const clean = start.replace(/[\p{Cc}\p{Cf}\p{Cs}\p{Zl}\p{Zp}]/gu, '');
  return [...clean].slice(0, limit).join('');
}

const sizeLimit = 64 * 1024;

/**
 * Reads a holder's card, defensively: only a regular file, at most 64 KB.
 * @returns undefined when there is none, or none that can be read and understood
 */
export function readCard(path: string): HolderCard | undefined {
  const text = readSmallFile(path, sizeLimit);
  return text === undefined ? undefined : parseCard(text);
}
