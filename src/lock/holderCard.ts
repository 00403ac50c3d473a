import type { Holder, OwnerKind, Progress } from '../core/holder';
import { isLockToken } from './lockToken';
import { plainText } from './plainText';

/** What a card says: the holder, and which folder it belongs to. */
export interface HolderCard {
  readonly holder: Holder;
  /** The identity of the sentinel's folder (`SeenFolder.id`); absent while it is not created. */
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
