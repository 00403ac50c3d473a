import type { Translate } from './translate';

/** A duration as people say it: `0 ms`, `340 ms`, `3.2 s`, `45 s`, `2 min 5 s`. */
export function duration(ms: number, t: Translate): string {
  const rounded = Math.max(0, Math.round(ms));
  if (rounded < 1000) {
    return t('{count} ms', { count: rounded });
  }
  const seconds = rounded / 1000;
  if (seconds < 60) {
    return t('{count} s', {
      count: seconds < 10 ? Number(seconds.toFixed(1)) : Math.floor(seconds),
    });
  }
  const whole = Math.floor(seconds);
  return whole % 60 === 0
    ? t('{minutes} min', { minutes: whole / 60 })
    : t('{minutes} min {seconds} s', { minutes: Math.floor(whole / 60), seconds: whole % 60 });
}
