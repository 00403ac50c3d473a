import type * as cliMain from './cli/main';
import { ThreadPool } from './migrator/service/threads';
import { chooseEngine } from './sqlite/native/nativeModule';

// The same run as a window's, for terminals, tasks and CI. A thread takes about as long to start as
// all the rest to load, so it is started first, and both happen at once.

const args = process.argv.slice(2);
const threads = new ThreadPool(__dirname);
if (!args.some((arg) => /sqljs$|^--help$|^-h$/.test(arg))) {
  if (args[0] === 'migrate' || args[0] === 'rollback') {
    threads.idle(chooseEngine('auto'));
  } else if (args[0] === 'status') {
    threads.looks(chooseEngine('auto'));
  }
}
// Beside this file in the package: not loaded before the thread is under way.
// eslint-disable-next-line @typescript-eslint/no-require-imports
const { main } = require('./cliMain') as typeof cliMain;
void main(args, threads).then((code) => process.exit(code));
