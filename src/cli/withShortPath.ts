import type { ErrorInfo, Place } from '../core/errors';
import { shortPath } from './shortPath';

/** Relative where that is shorter: it can be clicked in a terminal all the same. */
export function withShortPath(error: ErrorInfo): ErrorInfo {
  const place: Place | undefined = error.place && {
    ...error.place,
    file: shortPath(error.place.file),
  };
  return { code: error.code, params: error.params, place };
}
