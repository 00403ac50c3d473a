import { relative } from 'node:path';

/** A path as people type it here: relative to the working directory where that is shorter. */
export function shortPath(path: string, folder: string = process.cwd()): string {
  const way = relative(folder, path) || '.';
  return way.length < path.length ? way : path;
}
