import { diffLines } from '../rehearsal/schemaDiff';

/** Nobody reads more of them in a comment. */
const mostLines = 60;

/** What was changed in a migration after it ran, as SQL comments for the one that follows it up. */
export function followUpNote(id: string, ran: string, now: string): string {
  const changed = diffLines(linesOf(ran), linesOf(now)).filter(({ text }) => text.trim() !== '');
  const shown = changed.slice(0, mostLines).map(({ sign, text }) => `--   ${sign} ${text}`);
  const more = changed.length - shown.length;
  return [
    `-- ${id} was changed after it was applied:`,
    '-- - as it ran, + as its file says now.',
    ...shown,
    ...(more > 0 ? [`--   (${more} lines more)`] : []),
    '-- Write here what makes the difference, and put that file back as it ran,',
    '-- since a new database runs both.',
  ]
    .map((line) => `${line.trimEnd()}\n`)
    .join('');
}

function linesOf(sql: string): string[] {
  // Other line ends than these would end the comment for SQLite or an editor.
  return sql.split(/\r\n|[\r\n\u2028\u2029]/);
}
