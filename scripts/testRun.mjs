// A run of tests as scripts/reporter.cjs tells it, event by event: counted, also when it was stopped.
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, relative } from 'node:path';
import { root, run } from './process.mjs';

/**
 * Runs a program that runs mocha with that reporter. When it does not come to a proper end, that is
 * one failure more, beside all that had passed and failed before.
 *
 * @param options.silence milliseconds within which a test or hook must begin or end
 * @returns `passed`, `failed`, `skipped`: how many; `failures`: a text each; `problem`: why it had no
 *   proper end, where it was then and what it did not reach; `output`: what the program printed
 */
export async function runTests(command, args, { silence, env = process.env }) {
  const folder = mkdtempSync(join(tmpdir(), 'lockstep-events-'));
  const progress = join(folder, 'events');
  try {
    const { ok, code, ending, output } = await run(command, args, {
      env: { ...env, FORCE_COLOR: '0', LOCKSTEP_EVENTS: progress },
      silence,
      progress,
    });
    const events = readEvents(progress);
    const of = (kind) => events.filter(({ event }) => event === kind);
    const failures = of('fail').map(({ text }) => text);
    const why = ending ?? `It ended with code ${code}.`;
    let problem;
    if (!of('done').length) {
      problem = [why, ...underWay(events), ...notReached(events)].join('\n');
    } else if (!of('pass').length && !failures.length) {
      problem = 'It has no tests.';
    } else if (ending || (!ok && !failures.length)) {
      problem = `${why}\nAll tests had ended.`;
    }
    return {
      passed: of('pass').length,
      failed: failures.length + (problem ? 1 : 0),
      skipped: of('pending').length,
      failures,
      problem,
      output,
    };
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readEvents(file) {
  let text;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    return []; // it did not get as far
  }
  // What follows the last line feed was being written when the process was stopped.
  const lines = text.split('\n').slice(0, -1);
  return lines.map((line) => JSON.parse(line));
}

/** Each process is in one test at a time, and perhaps in a hook of it, or between two. */
function underWay(events) {
  const ofTests = events.filter(({ title }) => title !== undefined);
  const current = new Map();
  for (const event of ofTests) {
    // A test begins before the hooks of it, and is over when one of them fails.
    const before = event.event === 'fail' ? {} : current.get(event.process);
    const begun = event.event === 'begin' ? event : undefined;
    current.set(event.process, { ...before, [event.type]: begun });
  }
  const begun = [...current.values()].flatMap(({ test, hook }) => hook ?? test ?? []);
  if (begun.length) {
    return begun.map(({ title, file, at }) => {
      const seconds = Math.round((Date.now() - at) / 1000);
      return `It was in "${title}" (${sourceOf(file)}), begun ${seconds} s before.`;
    });
  }
  const last = ofTests.at(-1);
  return [last ? `It was between tests, after "${last.title}".` : 'It was before the first test.'];
}

function notReached(events) {
  const loaded = new Map(events.flatMap(({ tests = {} }) => Object.entries(tests)));
  const begun = new Map();
  for (const { file, title } of events.filter(({ type }) => type === 'test')) {
    begun.set(file, (begun.get(file) ?? new Set()).add(title));
  }
  const { files = [] } = events.find(({ event }) => event === 'files') ?? {};
  const missing = files.flatMap((file) => {
    const titles = begun.get(file);
    if (!titles) {
      return [sourceOf(file)];
    }
    const left = loaded.get(file) - titles.size;
    return left > 0 ? [`${left} more of ${sourceOf(file)}`] : [];
  });
  return missing.length ? [`Not reached: ${missing.join(', ')}.`] : [];
}

/** The path of a test as it stands in the source, from its bundle. */
function sourceOf(file = '') {
  const path = relative(root, file).replaceAll('\\', '/');
  return path.startsWith('out/') ? path.slice('out/'.length).replace(/\.js$/, '.ts') : path;
}
