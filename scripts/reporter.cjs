// A mocha reporter that appends every event to a file as it happens, a line of JSON each: the tests
// inside VS Code have no output of their own, and a run that is stopped half-way must still tell
// what had passed and which test it was in. scripts/testRun.mjs reads the file.
const { appendFileSync } = require('node:fs');
const { format } = require('node:util');
const loaded = require('mocha');

// What `require` gives for this ES module differs between versions of Node.
const Mocha = loaded.default ?? loaded;
const { Base } = Mocha.reporters;

class EventFileReporter extends Base {
  constructor(runner, options) {
    super(runner, options);
    write({ event: 'files', files: options.files });
    if (runner.isParallelMode()) {
      // Here the events of a file arrive together, when the whole file is done: the workers write
      // them. What is left to tell is a file that does not load or a worker that died.
      runner.workerReporter(require.resolve('./workerReporter.cjs'));
      runner.on('fail', (runnable, error) => {
        if (runnable instanceof Mocha.Runnable) {
          writeFailure(runnable, error);
        }
      });
    } else {
      writeEvents(runner);
    }
    runner.once('end', () => write({ event: 'done' }));
  }
}

/** Writes what happens to the tests and hooks that this process runs. */
function writeEvents(runner) {
  runner.once('start', () => {
    const tests = {};
    runner.suite.eachTest(({ file }) => (tests[file] = (tests[file] ?? 0) + 1));
    write({ event: 'loaded', tests });
  });
  runner.on('hook', (hook) => write({ event: 'begin', ...named(hook) }));
  runner.on('test', (test) => write({ event: 'begin', ...named(test) }));
  runner.on('hook end', (hook) => write({ event: 'end', ...named(hook) }));
  runner.on('retry', (test) => write({ event: 'end', ...named(test) }));
  runner.on('pass', (test) => write({ event: 'pass', ...named(test) }));
  runner.on('pending', (test) => write({ event: 'pending', ...named(test) }));
  runner.on('fail', writeFailure);
}

function writeFailure(runnable, error) {
  write({ event: 'fail', ...named(runnable), text: described(runnable, error) });
}

function named(runnable) {
  const file = runnable.file ?? runnable.parent?.file;
  return { type: runnable.type, title: runnable.fullTitle(), file };
}

/** A failure as mocha's own reporters print it: with the difference and the stack. */
function described(runnable, error) {
  const lines = [];
  const { consoleLog } = Base;
  Base.consoleLog = (...words) => lines.push(format(...words));
  try {
    runnable.err = error;
    Base.list([runnable]);
  } finally {
    Base.consoleLog = consoleLog;
  }
  return lines
    .join('\n')
    .replace(/^\s*1\) /, '  ')
    .trimEnd();
}

function write(event) {
  // Appended at once and in one piece, so several processes can share the file.
  const line = `${JSON.stringify({ ...event, process: process.pid, at: Date.now() })}\n`;
  appendFileSync(process.env.LOCKSTEP_EVENTS, line);
}

module.exports = EventFileReporter;
module.exports.writeEvents = writeEvents;
