/** A moment in the person's own way of writing dates, to the minute. Empty where it is none. */
export function formatDate(iso: string): string {
  return format(iso, { dateStyle: 'medium', timeStyle: 'short' });
}

/** The same where there is little room: without what is as it is now, the day or the year. */
export function formatDateShort(iso: string, now = new Date()): string {
  const at = new Date(iso);
  const time: Intl.DateTimeFormatOptions = { hour: 'numeric', minute: '2-digit' };
  if (at.toDateString() === now.toDateString()) {
    return format(iso, time);
  }
  return at.getFullYear() === now.getFullYear()
    ? format(iso, { month: 'short', day: 'numeric', ...time })
    : format(iso, { dateStyle: 'medium' });
}

function format(iso: string, options: Intl.DateTimeFormatOptions): string {
  const at = new Date(iso);
  return Number.isNaN(at.getTime()) ? '' : at.toLocaleString(undefined, options);
}
