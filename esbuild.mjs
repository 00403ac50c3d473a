// Bundles what ships into dist/ and, with --tests, the tests into out/.
import { build } from 'esbuild';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';

const production = process.argv.includes('--production');
const withTests = process.argv.includes('--tests');

/**
 * One bundle per process and thread: each is loaded by path, so each must stand alone. The terminal
 * has two, since it starts a thread before it loads the rest.
 */
const entries = {
  extension: 'src/extension.ts',
  migrator: 'src/migrator/main.ts',
  runThread: 'src/migrator/runThread.ts',
  sandboxThread: 'src/migrator/sandboxThread.ts',
  cli: 'src/cli.ts',
  cliMain: 'src/cli/main.ts',
};

const shared = {
  bundle: true,
  platform: 'node',
  format: 'cjs',
  target: 'node20',
  sourcemap: !production,
  logLevel: 'warning',
};

try {
  await buildProduct();
  if (withTests) {
    await buildTests();
  }
} catch (error) {
  if (!error.errors) {
    console.error(error); // what is wrong in the source has been said already
  }
  process.exitCode = 1;
}

async function buildProduct() {
  await rm('dist', { recursive: true, force: true });
  await mkdir('dist', { recursive: true });
  await build({
    ...shared,
    minify: production,
    entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
    outdir: 'dist',
    external: ['vscode', 'node:sqlite', './cliMain'],
    // proper-lockfile uses none of what it adds: it is given file operations of ours.
    alias: { 'graceful-fs': 'node:fs' },
  });
  await copyFile('node_modules/sql.js/dist/sql-wasm.wasm', 'dist/sql-wasm.wasm');
}

async function buildTests() {
  const programs = ['standIn', 'firstMigration', 'serve'].map((name) => `test/support/${name}.ts`);
  await rm('out/test', { recursive: true, force: true });
  const tests = [];
  for (const kind of ['unit', 'race', 'bench', 'host', 'ui'].filter((name) =>
    existsSync(`test/${name}`),
  )) {
    const files = await readdir(`test/${kind}`, { recursive: true });
    tests.push(
      ...files
        .filter((file) => /^(?!node_modules).*\.ts$/.test(file))
        .map((file) => `test/${kind}/${file}`),
    );
  }
  await build({
    ...shared,
    sourcemap: 'inline',
    entryPoints: [...tests, ...programs],
    outbase: 'test',
    outdir: 'out/test',
    external: ['vscode', 'node:sqlite'],
    packages: 'external',
  });
}
