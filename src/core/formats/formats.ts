import type { FormatName } from '../target';
import { dbmate } from './dbmate';
import type { Format, SourceFile } from './format';
import { plain } from './plain';

/** The conventions Lockstep reads. At most one of them claims a folder. */
export const formats: readonly Format[] = [dbmate, plain];

/** The convention of this name. */
export function formatNamed(name: FormatName): Format {
  return formats.find((format) => format.name === name)!;
}

/** The convention of a folder, told from the files whose names match and the text of a few. */
export function claimingFormat(files: readonly SourceFile[]): Format | undefined {
  return formats.find((format) => format.claims(files));
}
