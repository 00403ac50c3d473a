import { isAbsolute, relative, sep } from 'node:path';

/** Whether a path is the folder itself or lies somewhere below it. Both absolute. */
export function isInside(folder: string, path: string): boolean {
  const way = relative(folder, path);
  return way === '' || (way !== '..' && !way.startsWith(`..${sep}`) && !isAbsolute(way));
}
