import assert from 'node:assert/strict';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { useScratch } from '../../support/scratch';

interface TestRun {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  readonly failures: readonly string[];
  readonly problem?: string;
}

type RunTests = (
  command: string,
  args: readonly string[],
  options: { readonly silence: number },
) => Promise<TestRun>;

const mixed = `describe('mixed', () => {
  it('passes', () => {});
  it('is skipped');
  it('fails', () => require('node:assert').deepEqual([1], [2]));
});`;
const dies = "process.kill(process.pid, 'SIGKILL');";
/** Without a turn of the event loop, so that mocha's own limit cannot end it. */
const hangs = 'Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0);';

/** Four tests, of which the second does this. */
function halfway(suite: string, body: string): string {
  return `describe('${suite}', () => {
    beforeEach(() => {});
    it('comes before', () => {});
    it('is where it ends', async () => { ${body} });
    it('comes after', () => {});
    it('comes last', () => {});
  });`;
}

describe('a run of tests', () => {
  let runTests: RunTests;
  const scratch = useScratch();

  before(async () => {
    // Loaded where it stands, not bundled: it knows the project's folder by its own place.
    ({ runTests } = await import(pathToFileURL(resolve('scripts/testRun.mjs')).href));
  });

  async function run(
    files: Readonly<Record<string, string>>,
    { silence = 60_000, args = [] as readonly string[] } = {},
  ): Promise<TestRun> {
    scratch.write(files);
    const paths = Object.keys(files).map((name) => join(scratch.folder, name));
    const mocha = ['node_modules/mocha/bin/mocha.js', '--exit', '--reporter=scripts/reporter.cjs'];
    return runTests(process.execPath, [...mocha, ...args, ...paths], { silence });
  }

  for (const args of [[], ['--parallel', '--jobs=2']]) {
    it(`is counted, with what failed ${args.join(' ')}`, async () => {
      const files = { 'mixed.js': mixed, 'other.js': "it('passes too', () => {});" };
      const { passed, failed, skipped, failures, problem } = await run(files, { args });
      assert.deepEqual([passed, failed, skipped, problem], [2, 1, 1, undefined]);
      assert.match(failures.join(), /^ {2}mixed\s+fails:[^]*- {2}1\s+\+ {2}2[^]*mixed\.js:4/);
    });
  }

  it('counts what had passed when it died, and says where it was and what is missing', async () => {
    const files = { 'mixed.js': mixed, 'dies.js': halfway('dies', dies), 'last.js': mixed };
    const { passed, failed, skipped, failures, problem } = await run(files);
    assert.deepEqual([passed, failed, skipped, failures.length], [2, 2, 1, 1]);
    assert.match(
      problem!,
      /^(Ended by SIGKILL|It ended with code 1)\.\nIt was in "dies is where it ends" \(\S*dies\.js\), begun \d+ s before\.\nNot reached: 2 more of \S*dies\.js, \S*last\.js\.$/,
    );
  });

  it('stops it when no test ends for too long, and says the same then', async () => {
    const began = performance.now();
    await run({ 'mixed.js': mixed });
    // Long enough for this machine as it is now to begin with, and no longer.
    const silence = 1000 + 3 * (performance.now() - began);
    const { passed, failed, problem } = await run(
      { 'hangs.js': halfway('hangs', hangs) },
      { silence },
    );
    assert.deepEqual([passed, failed], [1, 1]);
    assert.match(
      problem!,
      /^Stopped: nothing was heard of it for \S+ s\.\nIt was in "hangs is where it ends" .*\nNot reached: 2 more of \S*hangs\.js\.$/,
    );
  });

  it('names what each worker was in where files are tested side by side', async () => {
    const begun = `while (!require('node:fs').readFileSync(process.env.LOCKSTEP_EVENTS, 'utf8')
      .includes('hangs is where it ends')) await new Promise((over) => setTimeout(over, 20));`;
    const { passed, failed, problem } = await run(
      {
        'mixed.js': mixed,
        'kills.js': halfway('kills', `${begun} process.kill(process.ppid, 'SIGKILL'); ${hangs}`),
        'hangs.js': halfway('hangs', hangs),
        'last.js': mixed,
      },
      { args: ['--parallel', '--jobs=2'] },
    );
    assert.deepEqual([passed, failed], [3, 2]);
    assert.match(problem!, /^It was in "kills is where it ends" /m);
    assert.match(problem!, /^It was in "hangs is where it ends" /m);
    assert.match(
      problem!,
      /^Not reached: 2 more of \S*kills\.js, 2 more of \S*hangs\.js, \S*last\.js\.$/m,
    );
  });

  it('fails with a file that cannot be loaded, a worker that died, or without any test', async () => {
    const bad = { 'bad.js': "throw new Error('not today');", 'mixed.js': mixed };
    const args = ['--parallel', '--jobs=2'];
    const unloaded = await run(bad, { args });
    assert.deepEqual([unloaded.passed, unloaded.failed], [1, 2]);
    assert.match(unloaded.failures.join('\n'), /not today/);
    const died = await run({ 'dies.js': halfway('dies', dies), 'mixed.js': mixed }, { args });
    assert.deepEqual([died.passed, died.failed], [2, 2]);
    const { failed, problem } = await run({ 'empty.js': '' });
    assert.deepEqual([failed, problem], [1, 'It has no tests.']);
  });
});
