// Installs the dependencies when they are missing or older than the lock file.
import { existsSync, lstatSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { isProgram, mustRun, root } from './process.mjs';

if (isProgram(import.meta.url)) {
  await install().catch((error) => {
    console.error(error.message);
    process.exitCode = 1;
  });
}

/** Runs `npm ci` in a folder, unless that was done since its lock file changed. Needs only Node. */
export async function install(folder = root) {
  if (isInstalled(folder)) {
    return;
  }
  console.log(`Installing the packages of ${folder === root ? 'the project' : folder}`);
  await mustRun('npm ci', ...npm(), { cwd: folder });
}

/** npm as it was called, or the one on the path, made to run `ci`. */
function npm() {
  const args = ['ci', '--ignore-scripts', '--no-audit', '--no-fund', '--loglevel=error'];
  const { npm_execpath: script, npm_node_execpath: node } = process.env;
  return script && node && existsSync(script) ? [node, [script, ...args]] : ['npm', args];
}

function isInstalled(folder) {
  const modules = lstatSync(join(folder, 'node_modules'), { throwIfNoEntry: false });
  if (modules?.isSymbolicLink()) {
    return true; // somebody shares one installation: theirs to keep up to date
  }
  const done = statSync(join(folder, 'node_modules', '.package-lock.json'), {
    throwIfNoEntry: false,
  });
  return !!done && done.mtimeMs >= statSync(join(folder, 'package-lock.json')).mtimeMs;
}
