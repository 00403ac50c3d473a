import { basename } from 'node:path';
import type { ErrorInfo } from '../core/errors';
import { describeError } from '../messages/describeError';
import { oneLine, type Translate } from '../messages/text';

/**
 * An error for where there is little room and a click leads to the file: its name and the line
 * instead of the whole path. Ends like a sentence, so that another can follow.
 */
export function shortError({ place, ...error }: ErrorInfo, t: Translate): string {
  const { message } = describeError(error, t);
  const whole = /[.!?…]$/.test(message) ? message : `${message}.`;
  return place
    ? t('{file}, line {line}: {message}', {
        file: oneLine(basename(place.file)),
        line: place.line,
        message: whole,
      })
    : whole;
}
