import type { LogEntry, LoggedScript } from '../history/logEntry';
import type { FormatName } from '../target';

/** A file to be written. */
interface RestoredFile {
  readonly fileName: string;
  readonly text: string;
}

/**
 * A migration's file or files as a folder of that format has them, made of what the log kept.
 * Undefined where its text was too long to be kept.
 *
 * @param fileName of the up script
 */
export function restoredFiles(
  format: FormatName,
  fileName: string,
  { up, down }: Pick<LogEntry, 'up' | 'down'>,
): readonly RestoredFile[] | undefined {
  if (up.sql === '') {
    return undefined;
  }
  if (format === 'dbmate') {
    const text = [section('up', up), ...(down ? [section('down', down)] : [])].join('\n');
    return [{ fileName, text }];
  }
  const files = [{ fileName, text: `${up.sql}\n` }];
  const downName = fileName.replace(/(?:\.up)?\.sql$/i, '.down.sql');
  return down ? [...files, { fileName: downName, text: `${down.sql}\n` }] : files;
}

function section(
  direction: 'up' | 'down',
  { sql, transaction, foreignKeys }: LoggedScript,
): string {
  const options = `${transaction ? '' : ' transaction:false'}${foreignKeys ? ' foreign_keys:true' : ''}`;
  return `-- migrate:${direction}${options}\n${sql}\n`;
}
