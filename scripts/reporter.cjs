// A mocha reporter that keeps its result in a file: the tests inside VS Code have no output of
// their own, and a run that is killed half-way must still tell which test it was at.
const { writeFileSync } = require('node:fs');
const { format } = require('node:util');
const loaded = require('mocha');

// What `require` gives for this ES module differs between versions of Node.
const Mocha = loaded.default ?? loaded;
const { Base } = Mocha.reporters;
const { EVENT_RUN_END, EVENT_TEST_BEGIN, EVENT_TEST_FAIL, EVENT_HOOK_BEGIN } =
  Mocha.Runner.constants;

class ResultFileReporter extends Base {
  constructor(runner, options) {
    super(runner, options);
    const file = process.env.LOCKSTEP_RESULT;
    const titles = { failed: [] };
    const save = (more) =>
      file && writeFileSync(file, JSON.stringify({ ...counts(this.stats), ...titles, ...more }));

    runner.on(EVENT_TEST_BEGIN, (test) => save({ at: test.fullTitle() }));
    runner.on(EVENT_HOOK_BEGIN, (hook) => save({ at: hook.fullTitle() }));
    runner.on(EVENT_TEST_FAIL, (test) => titles.failed.push(test.fullTitle()));
    runner.once(EVENT_RUN_END, () => {
      const text = this.told();
      if (file) {
        save({ done: true, text });
      } else {
        Base.consoleLog(text);
      }
    });
  }

  /** Mocha's own summary, with every failure in full. */
  told() {
    const lines = [];
    const { consoleLog } = Base;
    Base.consoleLog = (...words) => lines.push(format(...words));
    try {
      this.epilogue();
    } finally {
      Base.consoleLog = consoleLog;
    }
    return lines.join('\n');
  }
}

function counts({ passes, failures, pending }) {
  return { passes, failures, pending };
}

module.exports = ResultFileReporter;
