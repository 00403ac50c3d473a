import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { mustRun, root } from './process.mjs';

/** Where {@link packageExtension} puts the `.vsix`. */
export function packagePath() {
  const { version } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  return join(root, `lockstep-${version}.vsix`);
}

/** Builds what ships, without maps, and packs it. Gives the path of the `.vsix`. */
export async function packageExtension() {
  const vsix = packagePath();
  await mustRun('The build', process.execPath, ['esbuild.mjs', '--production']);
  await mustRun('Packing', process.execPath, [
    join(root, 'node_modules', '@vscode', 'vsce', 'vsce'),
    'package',
    '--no-dependencies',
    '--allow-missing-repository',
    '--no-rewrite-relative-links',
    ...['--out', vsix],
  ]);
  return vsix;
}
