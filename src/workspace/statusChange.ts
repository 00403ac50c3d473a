import { isDeepStrictEqual } from 'node:util';
import { isHistoryKnown, type Status } from '../core/model';

/**
 * What to show after another look. One that found the file busy says nothing about what is in it,
 * so what was known stays until the next change lets a look through.
 */
export function nextStatus(shown: Status | undefined, seen: Status): Status {
  if (seen.look.state !== 'busy' || shown?.look.state !== 'ok') {
    return seen;
  }
  const { history, pending, findings, engine, look, error } = shown;
  return { ...seen, history, pending, findings, engine, look, error };
}

/** Whether two looks found the same applied and pending migrations, as far as both could see any. */
export function sameMigrations(a: Status, b: Status): boolean {
  if (![a, b].every(isHistoryKnown)) {
    return true;
  }
  const versions = ({ history, pending }: Status): unknown => [
    history.map(({ migration, file }) => [migration.version, file]),
    pending.map(({ version }) => version),
  ];
  return isDeepStrictEqual(versions(a), versions(b));
}
