// What mocha's workers report with in parallel mode: its own, and our file of events beside it.
const Buffered = require('mocha/lib/nodejs/reporters/parallel-buffered.cjs');
const { writeEvents } = require('./reporter.cjs');

module.exports = class WorkerReporter extends Buffered {
  constructor(runner, options) {
    super(runner, options);
    writeEvents(runner);
  }
};
