/** `2026-01-02 03:04` in the time zone of the terminal; `?` for what is no time. */
export function localTime(iso: string): string {
  const at = new Date(iso);
  const local = new Date(at.getTime() - at.getTimezoneOffset() * 60_000);
  return Number.isNaN(at.getTime()) ? '?' : local.toISOString().slice(0, 16).replace('T', ' ');
}
