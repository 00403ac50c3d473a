// Everything that must hold, in stages: npm test, or some of it: npm test -- unit race host ui
import { readFileSync } from 'node:fs';
import { delimiter, dirname, join } from 'node:path';
import { install } from './setup.mjs';
import { nodeWithoutSqlite, nodeWithSqlite, testEnvironment } from './node.mjs';
import { packageExtension, packagePath } from './package.mjs';
import { mustRun, root, run } from './process.mjs';
import { runTests } from './testRun.mjs';
import { hostObstacle, setUpHost } from './vscodeHost.mjs';

const minute = 60_000;

/**
 * Stages of one lane run one after the other, the lanes side by side: windows mostly wait for their
 * browser, so two processors are enough for both. Their lane is the shorter one, so it checks first.
 */
const stages = {
  check: { lane: 'windows', heading: 'Types, lint, format', run: check },
  unit: { lane: 'processes', heading: 'Unit tests', run: () => mocha('unit', 5 * minute) },
  race: { lane: 'processes', heading: 'Races of real processes', run: races },
  host: { lane: 'windows', heading: 'Inside VS Code', run: insideVsCode },
  ui: { lane: 'windows', heading: 'Windows, with the packaged extension', run: windows },
};

process.exitCode = await main(process.argv.slice(2));

async function main(wanted) {
  const unknown = wanted.filter((name) => !(name in stages));
  if (unknown.length) {
    console.error(
      `No such stage: ${unknown.join(', ')}. There are: ${Object.keys(stages).join(', ')}`,
    );
    return 2;
  }
  const total = { passed: 0, failed: 0, skipped: 0 };
  const chosen = Object.entries(stages).filter(([name]) => !wanted.length || wanted.includes(name));
  const ready = await stage('Setting up', total, () => setUp(chosen.map(([name]) => name)));
  if (ready) {
    const lanes = ['processes', 'windows'].map((name) =>
      chosen.filter(([, { lane }]) => lane === name),
    );
    await Promise.all(lanes.map((lane) => runLane(lane, total)));
  }
  console.log(`\n${counted(total)}`);
  return total.failed > 0 ? 1 : 0;
}

async function runLane(lane, total) {
  for (const [, { heading, run }] of lane) {
    await stage(heading, total, run);
  }
}

/** A stage that throws counts as one failure. */
async function stage(heading, total, run) {
  const start = Date.now();
  // Said as a whole when it is over, since another may be under way beside it.
  const lines = [`\n== ${heading}`];
  try {
    const done = await run();
    if (done) {
      for (const kind of Object.keys(total)) {
        total[kind] += done[kind] ?? 0;
      }
      lines.push(...(done.note ? [`   ${done.note}`] : []), ...(done.failed ? [done.text] : []));
    }
    const seconds = ((Date.now() - start) / 1000).toFixed(1);
    lines.push(`   ${done ? counted(done) : 'done'} (${seconds} s)`);
    return true;
  } catch (error) {
    total.failed++;
    lines.push(`   could not run: ${error.message}`);
    return false;
  } finally {
    console.log(lines.join('\n'));
  }
}

function counted({ passed, failed, skipped }) {
  return `${passed} passed, ${failed} failed${skipped ? `, ${skipped} skipped` : ''}`;
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

/** What `npm run check` runs one after the other, all at once. */
async function check() {
  const { scripts } = JSON.parse(readFileSync(join(root, 'package.json'), 'utf8'));
  const commands = scripts.check.split(' && ');
  const path = [dirname(nodeWithSqlite()), join(root, 'node_modules', '.bin'), process.env.PATH];
  const done = await Promise.all(
    commands.map((command) => {
      const [program, ...args] = command.split(' ');
      return run(program, args, {
        env: { ...process.env, PATH: path.join(delimiter) },
        silence: 20 * minute, // they say nothing before they are done
      });
    }),
  );
  const texts = done.flatMap(({ ok, ending, output }, i) =>
    ok ? [] : [[commands[i], output, ending].filter(Boolean).join('\n')],
  );
  return {
    passed: done.length - texts.length,
    failed: texts.length,
    text: texts.join('\n\n'),
  };
}

/** @param silence milliseconds without the beginning or end of a test that are too many */
async function mocha(folder, silence, env = {}) {
  const done = await runTests(nodeWithSqlite(), mochaArguments(folder), {
    silence,
    env: { ...testEnvironment(), ...env },
  });
  return { ...done, text: textOf(done, true) };
}

function mochaArguments(folder) {
  return [
    '--enable-source-maps',
    'node_modules/mocha/bin/mocha.js',
    '--forbid-only',
    '--exit',
    `--timeout=${3 * minute}`,
    // Each file has a VS Code of its own, and waits for it most of the time.
    ...(folder === 'ui' ? ['--parallel', '--jobs=2'] : []),
    // A browser on a machine that does much else at once misses a turn now and then.
    `--retries=${folder === 'ui' ? 2 : 0}`,
    '--reporter=scripts/reporter.cjs',
    `out/test/${folder}/**/*.test.js`,
  ];
}

/** The silence is that of the longest test: the torture bench allows itself five minutes. */
function races() {
  return mocha('race', 10 * minute);
}

async function insideVsCode() {
  // Before the first test there may be a VS Code to download.
  const done = await runTests(process.execPath, ['scripts/runHostTests.mjs'], {
    silence: 10 * minute,
    env: testEnvironment(),
  });
  const note = /^VS Code: .*$/m.exec(done.output)?.[0];
  // Of a window's own long log only what explains a failure without a failing test.
  return { ...done, note, text: textOf(done, !!done.problem) };
}

async function windows() {
  const obstacle = hostObstacle();
  if (obstacle) {
    throw new Error(obstacle);
  }
  return mocha('ui', 6 * minute, { LOCKSTEP_VSIX: packagePath() });
}

function textOf({ failures, problem, output }, withOutput) {
  return [withOutput && output, ...failures, problem].filter(Boolean).join('\n\n');
}
