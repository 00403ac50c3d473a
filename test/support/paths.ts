import assert from 'node:assert/strict';
import { normalize, parse, resolve, sep } from 'node:path';

/**
 * A path as this platform writes it, from one with slashes: `/w/a.db` is `C:\w\a.db` on Windows,
 * where `C:` is the current drive.
 */
export function native(path: string): string {
  return path.startsWith('/') ? resolve(path) : normalize(path);
}

/** The other way round, to compare what was found with a path written with slashes. */
export function slashed(path: string): string {
  assert.equal(path, normalize(path), 'is written as this platform does');
  const { root } = parse(path);
  return (root && '/') + path.slice(root.length).split(sep).join('/');
}
