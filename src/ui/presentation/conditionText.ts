import type { HistoryEntry, Holder } from '../../core/model';
import { describeError } from '../../messages/describeError';
import { describeHolder, describeProgress, holderName } from '../../messages/holder';
import { duration, sanitizeLine, type Translate } from '../../messages/text';
import {
  type ActiveRun,
  type Ahead,
  type Condition,
  condition,
  otherHolder,
  type ProjectState,
} from '../../workspace/projectState';
import { formatDate } from './text';

/** A condition for people: a codicon's name and a few words, the same in every view. */
interface ConditionText {
  readonly icon: string;
  readonly text: string;
}

/** @param now milliseconds since the epoch, where it can be shown how long a wait has lasted */
export function conditionText(condition: Condition, t: Translate, now?: number): ConditionText {
  switch (condition.kind) {
    case 'looking':
      return { icon: 'database', text: t('looking…') };
    case 'running':
      return { icon: 'sync~spin', text: runText(condition.run, t) };
    case 'waiting':
      return { icon: 'watch', text: waitText(condition.waiting, t, now) };
    case 'locked':
      return { icon: 'lock', text: lockedText(condition, t) };
    case 'interrupted':
      return {
        icon: 'warning',
        text: t('interrupted: {migration}', { migration: short(condition.mark.migration.id) }),
      };
    case 'failed':
      return { icon: 'error', text: failedText(condition, t) };
    case 'unreadable':
      return { icon: 'error', text: t('cannot be read') };
    case 'stale':
      return { icon: 'unlock', text: t('stale lock') };
    case 'needsRecovery':
      return { icon: 'warning', text: t('needs recovery') };
    case 'pending':
      return condition.duplicate
        ? {
            icon: 'warning',
            text: t('{count} pending, duplicate version', { count: condition.count }),
          }
        : { icon: 'database', text: pendingText(condition, t) };
    case 'ahead':
      return { icon: 'database', text: aheadText(condition.ahead, t) };
    case 'upToDate':
      return { icon: 'database', text: t('up to date') };
  }
}

function pendingText({ count, ahead }: { count: number; ahead?: Ahead }, t: Translate): string {
  const pending = t('{count} pending', { count });
  return ahead ? t('{pending}, {ahead}', { pending, ahead: aheadText(ahead, t) }) : pending;
}

function aheadText({ count, of }: Ahead, t: Translate): string {
  return of === 'branch'
    ? t('{count} ahead of this branch', { count })
    : t('{count} ahead of this folder', { count });
}

function runText({ direction, step, steps, migration }: ActiveRun, t: Translate): string {
  if (direction === 'restore') {
    return t('restoring a backup…');
  }
  if (direction === 'mark') {
    return t('marking as applied…');
  }
  if (!step || !steps || !migration) {
    return direction === 'up' ? t('migrating…') : t('rolling back…');
  }
  const args = { step, steps, migration: short(migration.id) };
  return direction === 'up'
    ? t('migrating {step}/{steps} {migration}', args)
    : t('rolling back {step}/{steps} {migration}', args);
}

function waitText(
  { on, holder, since }: Extract<Condition, { kind: 'waiting' }>['waiting'],
  t: Translate,
  now?: number,
): string {
  const unknown = on === 'sentinel' ? t('an unknown holder') : t('another program');
  const args = { holder: holder ? withProgress(holder, t) : unknown };
  if (now === undefined || now - since < 1000) {
    return t('waiting for {holder}', args);
  }
  const time = duration(Math.floor((now - since) / 1000) * 1000, t);
  return t('waiting for {holder}, {time}', { ...args, time });
}

function lockedText({ holder }: Extract<Condition, { kind: 'locked' }>, t: Translate): string {
  const name = holder ? withProgress(holder, t) : t('an unknown holder');
  return t('locked by {holder}', { holder: name });
}

/** A holder and how far it is: `VS Code window “shop” 2/3`. */
function withProgress(holder: Holder, t: Translate): string {
  const { step, steps } = holder.progress ?? {};
  const name = holderName(holder, t);
  return Number.isSafeInteger(step) && Number.isSafeInteger(steps)
    ? `${name} ${step}/${steps}`
    : name;
}

function failedText({ result }: Extract<Condition, { kind: 'failed' }>, t: Translate): string {
  switch (result.outcome) {
    case 'timeout':
      return t('no lock in time');
    case 'refused':
      return t('not migrated');
    default:
      return t('migration failed');
  }
}

function short(text: string, limit = 40): string {
  return sanitizeLine(text, limit);
}

/** One line of a tooltip: what it is, and its value, which is untrusted text. */
type Fact = readonly [name: string, value: string];

/** What a tooltip says about a project. */
export function projectFacts(state: ProjectState, t: Translate): Fact[] {
  const { target, status } = state;
  const facts: (Fact | undefined)[] = [
    [t('State'), conditionText(condition(state), t).text],
    [t('Database'), target.database],
    lockFact(state, t),
    status?.engine && [t('SQLite'), `${status.engine.sqliteVersion} (${status.engine.name})`],
    status?.look.journalMode ? [t('Journal mode'), status.look.journalMode] : undefined,
    lastMigration(status?.history[0], t),
    failure(state, t),
  ];
  return facts
    .filter((fact) => fact !== undefined)
    .map(([name, value]) => [name, sanitizeLine(value)]);
}

function lockFact(state: ProjectState, t: Translate): Fact | undefined {
  const holder = otherHolder(state);
  if (!holder) {
    return undefined;
  }
  const progress = describeProgress(holder.progress, t);
  return [t('Lock'), [describeHolder(holder, t), progress].filter(Boolean).join(', ')];
}

function lastMigration(entry: HistoryEntry | undefined, t: Translate): Fact | undefined {
  return (
    entry && [
      t('Last migration'),
      [entry.migration.id, entry.log && formatDate(entry.log.at)].filter(Boolean).join(', '),
    ]
  );
}

function failure({ lastResult, status, error }: ProjectState, t: Translate): Fact | undefined {
  const info = error ?? status?.error ?? lastResult?.error;
  return info && [t('Error'), describeError(info, t, lastResult?.holder).message];
}

/** Where a run is, for below a title that already says what it does. */
export function progressText({ waiting, step, steps, migration }: ActiveRun, t: Translate): string {
  if (waiting) {
    return conditionText({ kind: 'waiting', waiting }, t).text;
  }
  return step && steps && migration
    ? t('{step}/{steps} {migration}', { step, steps, migration: sanitizeLine(migration.id, 60) })
    : t('starting…');
}
