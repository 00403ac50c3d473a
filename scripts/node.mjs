import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';

const require = createRequire(import.meta.url);

/**
 * The executable of a Node that has `node:sqlite` as the current VS Code has it: this one when it
 * is new enough, else the one that an optional dependency carries.
 */
export function nodeWithSqlite() {
  if (Number(process.versions.node.split('.')[0]) >= 24) {
    return process.execPath;
  }
  const name = `node-${process.platform === 'win32' ? 'win' : process.platform}-${process.arch}`;
  const folder = dirname(require.resolve(`${name}/package.json`));
  return join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
}
