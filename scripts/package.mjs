import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { isProgram, mustRun, root } from './process.mjs';

if (isProgram(import.meta.url)) {
  console.log(await packageExtension());
}

/** Where {@link packageExtension} puts the `.vsix`. */
export function packagePath() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return join(root, `lockstep-${version}.vsix`);
}

/**
 * Packs what ships and gives the path of the `.vsix`. vsce builds it first, by the script
 * `vscode:prepublish`, so that whoever calls vsce without us gets the same.
 */
export async function packageExtension() {
  const vsix = packagePath();
  await mustRun('Packing', process.execPath, [
    join(root, 'node_modules', '@vscode', 'vsce', 'vsce'),
    'package',
    '--no-dependencies',
    '--no-rewrite-relative-links',
    ...['--out', vsix],
  ]);
  return vsix;
}
