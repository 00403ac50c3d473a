import type { HistoryEntry } from '../core/model';
import { describeError } from '../messages/describeError';
import { describeHolder, describeProgress } from '../messages/holder';
import { oneLine, type Translate } from '../messages/text';
import { condition } from '../workspace/condition';
import type { ProjectState } from '../workspace/projectState';
import { otherHolder } from '../workspace/projectState';
import { conditionText } from './conditionText';
import { formatDate } from './formatDate';

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
  return facts.filter((fact) => fact !== undefined).map(([name, value]) => [name, oneLine(value)]);
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
