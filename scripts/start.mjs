// Opens a copy of a sample workspace in a real VS Code with the extension.
//   npm start              the desktop program; without a display the same as --check, and says so
//   npm start -- --check   drives itself in a headless browser and checks the outcome
//   npm start -- --serve   VS Code from npm on a local address, for any browser
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install } from './setup.mjs';
import { nodeWithSqlite } from './node.mjs';
import { packageExtension } from './package.mjs';
import { mustRun, root } from './process.mjs';
import { hostObstacle, setUpHost } from './vscodeHost.mjs';

const howToSee = `To see the window: npm start -- --serve, then open the address that it prints in a browser;
or npm start where there is a display.`;

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error) => {
    console.error(error.message);
    process.exit(1);
  },
);

async function main(wanted) {
  const [option] = wanted;
  if (option && !['--check', '--serve'].includes(option)) {
    console.error(`No such option: ${option}. There are --check and --serve.`);
    return 2;
  }
  await install();
  const { desktopCommand, hasDisplay } = await import('./desktop.mjs');
  const isHidden = !option && !hasDisplay();
  if (isHidden) {
    console.log(
      `There is no display to open a window on, so this does what --check does: it migrates the sample
in a VS Code that nobody sees (a headless browser), checks the outcome and prints it.\n\n${howToSee}\n`,
    );
  }
  console.log('Building and packing the extension');
  const vsix = await packageExtension();
  const home = mkdtempSync(join(tmpdir(), 'lockstep-start-'));
  const workspace = join(home, 'shop');
  cpSync(join(root, 'migrations-samples', 'shop'), workspace, { recursive: true });

  if (option || isHidden) {
    const program = option === '--serve' ? 'serve' : 'firstMigration';
    const code = await onServer(program, vsix, workspace).finally(() =>
      rmSync(home, { recursive: true }),
    );
    if (isHidden) {
      console.log(`\n${howToSee}`);
    }
    return code;
  }
  const command = installedDesktop() ?? (await desktopCommand());
  return command ? onDesktop(command, vsix, workspace, home) : onServer('serve', vsix, workspace);
}

/** VS Code from npm, driven by one of the programs in test/support. */
async function onServer(program, vsix, workspace) {
  const obstacle = hostObstacle();
  if (obstacle) {
    throw new Error(`No VS Code to start: ${obstacle}.`);
  }
  await setUpHost({ withLogger: program === 'serve' });
  await mustRun('The build', process.execPath, ['esbuild.mjs', '--tests']);
  const node = nodeWithSqlite();
  // Ctrl-C is the program's to handle: it has servers to end.
  process.on('SIGINT', () => {});
  const { status } = spawnSync(node, [`out/test/support/${program}.js`, vsix, workspace], {
    cwd: root,
    env: { ...process.env, LOCKSTEP_NODE24: node },
    stdio: 'inherit',
  });
  return status ?? 1;
}

/** With settings and extensions of its own: nobody's everyday VS Code is touched. */
function onDesktop(command, vsix, workspace, home) {
  const own = [
    ...['--user-data-dir', join(home, 'user-data')],
    ...['--extensions-dir', join(home, 'extensions')],
    ...(process.getuid?.() === 0 ? ['--no-sandbox'] : []),
  ];
  console.log(`Opening ${workspace}`);
  const steps = [
    ['--install-extension', vsix],
    ['--new-window', '--disable-workspace-trust', workspace],
  ];
  const ok = steps.every((args) => call(command, [...own, ...args], 'inherit'));
  return ok ? 0 : 1;
}

/** The command of a VS Code that is on this machine anyway. */
function installedDesktop() {
  return call('code', ['--version'], 'ignore') ? 'code' : undefined;
}

function call(command, args, stdio) {
  return spawnSync(command, args, { stdio, shell: process.platform === 'win32' }).status === 0;
}
