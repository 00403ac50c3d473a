import { scriptChecksum } from '../scriptChecksum';
import type { Script } from '../migration';
import { scriptSql } from '../sql/scriptSql';
import type { Acceptance, LogEntry } from './logEntry';

/**
 * The entry that makes an edited file's text the accepted one. It repeats what ran, when and by whom,
 * so that a Lockstep that knows nothing of acceptances takes it for the application it is about.
 */
export function acceptedEntry(
  entry: LogEntry,
  up: Script,
  { at, holder }: Pick<Acceptance, 'at' | 'holder'>,
): LogEntry {
  const ran = entry.accepted?.ran ?? entry.checksum;
  return {
    ...entry,
    checksum: scriptChecksum(up),
    accepted: { at, holder, ran, sql: scriptSql(up) },
  };
}
