import type { Translate } from './translate';

/** A number of bytes as people say it: `512 B`, `12 KB`, `3.4 MB`, `256 MB`; in units of 1024. */
export function fileSize(bytes: number, t: Translate): string {
  const [kilo, mega] = [bytes / 1024, bytes / 1024 / 1024];
  if (kilo < 1) {
    return t('{count} B', { count: Math.max(0, Math.round(bytes)) });
  }
  if (mega < 1) {
    return t('{count} KB', { count: Math.round(kilo) });
  }
  return t('{count} MB', { count: mega < 10 ? Number(mega.toFixed(1)) : Math.round(mega) });
}
