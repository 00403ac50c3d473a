// Bundles what ships into dist/ and, with --tests, the tests into out/. With --watch it stays and
// builds again after each change; what it prints then is read by the task "watch" (.vscode/tasks.json).
import { build, context } from 'esbuild';
import { copyFile, mkdir, readdir, rm } from 'node:fs/promises';
import { existsSync } from 'node:fs';

const production = process.argv.includes('--production');
const withTests = process.argv.includes('--tests');
const watching = process.argv.includes('--watch');

/**
 * One bundle per process and thread: each is loaded by path, so each must stand alone. The terminal
 * has two, since it starts a thread before it loads the rest.
 */
const entries = {
  extension: 'src/extension.ts',
  migrator: 'src/migrator/service/main.ts',
  databaseThread: 'src/migrator/thread/databaseThread.ts',
  cli: 'src/cli.ts',
  'cli/main': 'src/cli/main.ts',
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
  const bundles = [await productBundle(), ...(withTests ? [await testBundle()] : [])];
  await (watching ? watch(bundles) : buildAll(bundles));
} catch (error) {
  if (!error.errors) {
    console.error(error); // what is wrong in the source has been said already
  }
  process.exitCode = 1;
}

async function productBundle() {
  await rm('dist', { recursive: true, force: true });
  await mkdir('dist', { recursive: true });
  for (const file of ['sql-wasm.js', 'sql-wasm.wasm']) {
    await copyFile(`node_modules/sql.js/dist/${file}`, `dist/${file}`);
  }
  return {
    ...shared,
    minify: production,
    entryPoints: Object.fromEntries(Object.entries(entries).filter(([, file]) => existsSync(file))),
    outdir: 'dist',
    external: ['vscode', 'node:sqlite', './cli/main'],
    supported: { 'dynamic-import': false }, // but `require`, which asks for no file's ending
    // proper-lockfile uses none of what it adds: it is given file operations of ours.
    alias: { 'graceful-fs': 'node:fs' },
  };
}

async function testBundle() {
  const programs = ['standIn', 'firstMigration', 'serve'].map((name) => `test/support/${name}.ts`);
  await rm('out/test', { recursive: true, force: true });
  const files = [];
  for (const kind of ['unit', 'race', 'bench', 'host', 'ui'].filter((name) =>
    existsSync(`test/${name}`),
  )) {
    const names = await readdir(`test/${kind}`, { recursive: true });
    files.push(
      ...names
        .filter((file) => /^(?!node_modules).*\.ts$/.test(file))
        .map((file) => `test/${kind}/${file}`),
    );
  }
  return {
    ...shared,
    sourcemap: 'inline',
    entryPoints: [...files, ...programs],
    outbase: 'test',
    outdir: 'out/test',
    external: ['vscode', 'node:sqlite'],
    packages: 'external',
  };
}

async function buildAll(bundles) {
  for (const bundle of bundles) {
    await build(bundle);
  }
}

async function watch(bundles) {
  const plugins = [announcer()];
  for (const bundle of bundles) {
    const watched = await context({ ...bundle, logLevel: 'silent', plugins });
    await watched.watch();
  }
}

/** Says when building begins and ends, once for all bundles, and between the two one line a problem. */
function announcer() {
  let running = 0;
  return {
    name: 'announcer',
    setup({ onStart, onEnd }) {
      onStart(() => {
        if (running++ === 0) {
          console.log('[watch] build started');
        }
      });
      onEnd(({ errors, warnings }) => {
        errors.forEach((problem) => console.log(describe('error', problem)));
        warnings.forEach((problem) => console.log(describe('warning', problem)));
        if (--running === 0) {
          console.log('[watch] build finished');
        }
      });
    },
  };
}

function describe(severity, { text, location }) {
  const { file, line, column } = location ?? { file: 'esbuild.mjs', line: 1, column: 0 };
  return `${file}:${line}:${column + 1}: ${severity}: ${text}`;
}
