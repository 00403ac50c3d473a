// Builds what ships, then measures it. Usage: npm run bench -- [--peers] and what test/bench/main.ts takes
import { spawn } from 'node:child_process';
import { rmSync } from 'node:fs';
import { join } from 'node:path';
import { nodeWithSqlite, testEnvironment } from './node.mjs';
import { packageExtension } from './package.mjs';
import { mustRun, root, run } from './process.mjs';

const args = process.argv.slice(2);
const wanted = args.filter((arg) => arg !== '--peers');
if (wanted.length < args.length) {
  await installPeers();
}
await mustRun('The build of the bench', process.execPath, ['esbuild.mjs', '--tests']);
const vsix = await packageExtension();
const child = spawn(nodeWithSqlite(), ['out/test/bench/main.js', ...wanted], {
  stdio: 'inherit',
  cwd: root,
  env: { ...testEnvironment(), LOCKSTEP_VSIX: vsix, LOCKSTEP_NPM_NODE: process.execPath },
});
child.on('close', (code) => process.exit(code ?? 1));

/** Compiles a driver for the Node that npm runs on, a minute or two; without it we do without. */
async function installPeers() {
  const folder = join(root, 'test', 'bench');
  const { ok, ending, output } = await run('npm', ['ci', '--no-audit', '--no-fund'], {
    cwd: folder,
    silence: 600_000,
  });
  if (!ok) {
    rmSync(join(folder, 'node_modules'), { recursive: true, force: true });
    console.log(['The peers do not install here:', output, ending].join('\n').trim());
  }
}
