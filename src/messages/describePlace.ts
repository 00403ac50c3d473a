import type { Place } from '../core/errors';
import { oneLine } from './oneLine';

/** `file:line:column`, which terminals and logs make clickable. */
export function describePlace({ file, line, column }: Place): string {
  return `${oneLine(file, 4096)}:${line}:${column}`;
}
