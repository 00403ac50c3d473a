import { startThread } from './migrator/service/startThread';
import type { ThreadAhead } from './migrator/service/threads';
import { nativeSqlite } from './sqlite/native/nativeModule';

// Runs what a window runs, for terminals, tasks and CI. A thread takes about as long to start as all
// the rest to load, so it is started before `cli/main` is loaded (a bundle of its own), and both
// happen at once. Nothing that throws is imported here: its error classes would not be those of
// that bundle.

const args = process.argv.slice(2);
const ahead = startAhead(args);
void import('./cli/main')
  .then(({ main }) => main(args, __dirname, ahead))
  .then((code) => process.exit(code));

/** The thread that the command line needs first, where one glance at it says so. */
function startAhead([command, ...flags]: readonly string[]): ThreadAhead | undefined {
  const isRun = command === 'migrate' || command === 'rollback';
  if (!(isRun || command === 'status') || flags.some((flag) => /sqljs$|^--help$|^-h$/.test(flag))) {
    return undefined;
  }
  const thread = startThread(__dirname, nativeSqlite() ? 'native' : 'sqljs');
  return { purpose: isRun ? 'run' : 'read', thread };
}
