import { basename } from 'node:path';

/** The parts of a numbered file's name. */
export interface NumberedName {
  /** The leading digits as written. */
  readonly version: string;
  /** What stands between number and name. */
  readonly separator: string;
  /** The readable part, without direction and extension. */
  readonly name: string;
  /** `.up` or `.down` before the extension. */
  readonly direction?: 'up' | 'down';
  /** Everything before direction and extension: what a pair of files shares. */
  readonly id: string;
}

/** Takes apart a name such as `001_initial.up.sql`; undefined where it has no number in front. */
export function numberedName(path: string): NumberedName | undefined {
  const [, id, direction] = /^(\d.*?)(?:\.(up|down))?\.sql$/is.exec(basename(path)) ?? [];
  if (id === undefined) {
    return undefined;
  }
  const [, version, separator, name] = /^(\d+)([_\-. ]*)(.*)$/s.exec(id)!;
  return {
    version: version!,
    separator: separator!,
    name: name! || id,
    direction: direction?.toLowerCase() as 'up' | 'down' | undefined,
    id,
  };
}
