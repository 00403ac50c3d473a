// Runs the suite inside VS Code, in a process of its own: the desktop's download has no way to be
// called off but the end of the process.
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { runTests } from '@vscode/test-electron';
import { desktop } from './desktop.mjs';
import { root } from './process.mjs';
import { hostObstacle, setUpHost } from './vscodeHost.mjs';

const home = mkdtempSync(join(tmpdir(), 'lockstep-host-'));
let code = 1;
try {
  code = await runTests({
    vscodeExecutablePath: await executable(),
    extensionDevelopmentPath: root,
    extensionTestsPath: join(root, 'out', 'test', 'host', 'index.js'),
    extensionTestsEnv: process.env.LOCKSTEP_EVENTS
      ? { LOCKSTEP_REPORTER: join(root, 'scripts', 'reporter.cjs') }
      : {},
    launchArgs: [
      '--disable-extensions',
      `--user-data-dir=${join(home, 'user-data')}`,
      `--extensions-dir=${join(home, 'extensions')}`,
    ],
  });
} catch (error) {
  console.error(error.message);
} finally {
  rmSync(home, { recursive: true, force: true, maxRetries: 5 });
}
process.exit(code);

async function executable() {
  const found = await desktop();
  if (found.executable) {
    console.log(`VS Code: desktop, ${found.executable}`);
    return found.executable;
  }
  const obstacle = hostObstacle();
  if (obstacle) {
    throw new Error(`No VS Code: no desktop, ${found.obstacle}; no server, ${obstacle}`);
  }
  await setUpHost();
  console.log(
    `VS Code: the server from npm with a headless browser; no desktop, ${found.obstacle}`,
  );
  return join(root, 'test', 'support', 'vscode-host', 'code');
}
