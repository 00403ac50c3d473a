// Everything that must hold, in stages: npm test, or some of it: npm test -- unit race host ui
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { install } from './install.mjs';
import { nodeWithoutSqlite, nodeWithSqlite, testEnvironment } from './node.mjs';
import { packageExtension, packagePath } from './packageExtension.mjs';
import { mustRun, root, run } from './process.mjs';
import { hostObstacle, setUpHost } from './vscodeHost.mjs';

const minute = 60_000;
/**
 * Stages of one lane run one after the other, the lanes side by side: windows mostly wait for their
 * browser, so two processors are enough for both. Their lane is the shorter one, so it checks first.
 */
const stages = {
  check: { lane: 'windows', heading: 'Types, lint, format', run: check },
  unit: { lane: 'processes', heading: 'Unit tests', run: () => mocha('unit', 10 * minute) },
  race: {
    lane: 'processes',
    heading: 'Races of real processes',
    run: () => mocha('race', 10 * minute),
  },
  host: { lane: 'windows', heading: 'Inside VS Code', run: insideVsCode },
  ui: { lane: 'windows', heading: 'Windows, with the packaged extension', run: windows },
};

const results = mkdtempSync(join(tmpdir(), 'lockstep-results-'));
process.on('exit', () => rmSync(results, { recursive: true, force: true }));
process.exitCode = await main(process.argv.slice(2));

async function main(wanted) {
  const unknown = wanted.filter((name) => !(name in stages));
  if (unknown.length) {
    console.error(
      `No such stage: ${unknown.join(', ')}. There are: ${Object.keys(stages).join(', ')}`,
    );
    return 2;
  }
  const total = { passed: 0, failed: 0 };
  const chosen = Object.entries(stages).filter(([name]) => !wanted.length || wanted.includes(name));
  const ready = await stage('Setting up', total, () => setUp(chosen.map(([name]) => name)));
  if (ready) {
    await Promise.all(
      ['processes', 'windows'].map((lane) =>
        runLane(
          chosen.filter(([, stage]) => stage.lane === lane),
          total,
        ),
      ),
    );
  }
  console.log(`\n${total.passed} passed, ${total.failed} failed`);
  return total.failed > 0 ? 1 : 0;
}

async function runLane(lane, total) {
  for (const [, { heading, run }] of lane) {
    await stage(heading, total, run);
  }
}

/** A stage that throws, or that finds nothing to run, counts as one failure. */
async function stage(heading, total, run) {
  const start = Date.now();
  // Said as a whole when it is over, since another may be under way beside it.
  const lines = [`\n== ${heading}`];
  try {
    const {
      passed,
      failed,
      skipped = 0,
      note,
      text = '',
    } = (await run()) ?? { passed: 0, failed: 0 };
    total.passed += passed;
    total.failed += failed;
    lines.push(...(note ? [`   ${note}`] : []), ...(failed ? [text] : []));
    const counts = [
      ...(passed ? [`${passed} passed`] : []),
      ...(failed ? [`${failed} failed`] : []),
      ...(skipped ? [`${skipped} skipped`] : []),
    ];
    lines.push(`   ${counts.join(', ') || 'done'} (${((Date.now() - start) / 1000).toFixed(1)} s)`);
    return true;
  } catch (error) {
    total.failed++;
    lines.push(`   could not run: ${error.message}`);
    return false;
  } finally {
    console.log(lines.join('\n'));
  }
}

async function setUp(names) {
  await install();
  if (!nodeWithoutSqlite() && process.platform === 'linux' && process.arch === 'x64') {
    await install(join(root, 'test', 'support', 'node20'));
  }
  if (names.includes('ui') && !hostObstacle()) {
    await setUpHost();
    // Before the build that the tests use, since both are made in the same folder.
    await packageExtension();
  }
  if (names.some((name) => name !== 'check')) {
    await mustRun('The build', process.execPath, ['esbuild.mjs', '--tests']);
  }
}

async function check() {
  const tools = { tsc: ['typescript/bin/tsc'], eslint: ['eslint/bin/eslint.js', '.'] };
  tools.prettier = ['prettier/bin/prettier.cjs', '--check', '.'];
  const done = await Promise.all(
    Object.values(tools).map(([file, ...args]) =>
      run(nodeWithSqlite(), [join(root, 'node_modules', file), ...args], { limit: 3 * minute }),
    ),
  );
  const failures = done.filter(({ ok }) => !ok);
  return {
    passed: done.length - failures.length,
    failed: failures.length,
    text: failures.map(({ output }) => output).join('\n\n'),
  };
}

function mocha(folder, limit, env = {}) {
  return counted(limit, env, nodeWithSqlite(), [
    '--enable-source-maps',
    'node_modules/mocha/bin/mocha.js',
    '--forbid-only',
    '--exit',
    `--timeout=${folder === 'ui' ? 3 * minute : minute}`,
    // Each file has a VS Code of its own, and waits for it most of the time.
    ...(folder === 'ui' ? ['--parallel', '--jobs=2'] : []),
    // A browser on a machine that does much else at once misses a turn now and then.
    `--retries=${folder === 'ui' ? 2 : 0}`,
    '--reporter=scripts/reporter.cjs',
    `out/test/${folder}/**/*.test.js`,
  ]);
}

function insideVsCode() {
  return counted(6 * minute, {}, process.execPath, ['scripts/runHostTests.mjs'], /^VS Code: .*$/m);
}

async function windows() {
  const obstacle = hostObstacle();
  if (obstacle) {
    throw new Error(obstacle);
  }
  return mocha('ui', 15 * minute, { LOCKSTEP_VSIX: packagePath() });
}

/** Runs something that ends in the result-file reporter. `note` is what to show of its output. */
async function counted(limit, env, command, args, note) {
  const file = join(results, `${Math.random()}.json`);
  const { ok, output } = await run(command, args, {
    limit,
    env: { ...testEnvironment(), FORCE_COLOR: '0', ...env, LOCKSTEP_RESULT: file },
  });
  const result = read(file);
  if (!result?.done) {
    const at = result
      ? `stopped in "${result.at}", failed before: ${result.failed.join('; ') || 'none'}`
      : '';
    throw new Error(`${at}\n${output}`);
  }
  if (result.passes + result.failures === 0) {
    throw new Error(`it has no tests\n${output}`);
  }
  const failed = result.failures || (ok ? 0 : 1);
  return {
    passed: result.passes,
    failed,
    skipped: result.pending,
    note: note?.exec(output)?.[0],
    // Of a window's own long log only what explains a failure without a failing test.
    text: note && result.failures ? result.text : `${output}\n${result.text}`,
  };
}

function read(file) {
  try {
    return JSON.parse(readFileSync(file, 'utf8'));
  } catch {
    return undefined;
  }
}
