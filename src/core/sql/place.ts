import type { Place } from '../errors';
import { Places } from './places';

/** Where an offset (UTF-16 units) in a file's text is, see {@link Places}. */
export function placeAt(file: string, text: string, offset: number): Place {
  return new Places(file, text).at(offset);
}
