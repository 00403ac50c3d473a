import { errorInfo } from '../../core/errors';
import { MigrationLint } from '../../core/lint/migrationLint';
import { migrationRef } from '../../core/migration';
import { planRun } from '../../core/plan/planRun';
import { canonicalPath } from '../../sqlite/canonicalPath';
import { reachCheck } from '../../sqlite/reachCheck';
import type { CheckAnswer, ThreadCalls } from '../threadMessages';
import { runLogOf, type ThreadWorld } from '../threadWorld';
import { CheckState } from './checkState';
import { Trial } from './trial';

const nothing = { problems: [], lint: [], notUndone: [], before: [], after: [] };

/** Tries a text in this thread, on the copy that is here; asks for one where it is not. */
export async function checkText(
  ask: ThreadCalls['check']['ask'],
  world: ThreadWorld,
): Promise<CheckAnswer> {
  const { target, file, text, reach, stamp, copy } = ask;
  const path = canonicalPath(target.database);
  if (copy) {
    world.check = new CheckState(world.engine, path, stamp, copy.kind, ask.bytes);
  }
  const state = world.check;
  if (state?.path !== path || state.stamp !== stamp) {
    return { type: 'needsCopy' };
  }
  let folder;
  try {
    folder = world.reader.read(target, { path: file, text });
  } catch (error) {
    return { type: 'done', result: unreadable(error, file) };
  }
  const { format, migrations } = folder;
  const migration = migrations.find(({ up, down }) => up.file === file || down?.file === file);
  if (!migration) {
    return { type: 'done', result: { ...nothing, state: 'none' } };
  }
  const ref = migrationRef(migration);
  const applied = state.applied(format.historyTable);
  if (applied.some((version) => format.sameVersion(version, migration.version))) {
    return { type: 'done', result: { ...nothing, state: 'applied', migration: ref } };
  }
  const log = runLogOf(world, path).read();
  const { control } = world;
  const about = { format, migrations, log, control, mayReach: reachCheck(path, reach) };
  const goal = { kind: 'all' } as const;
  const { steps } = planRun({ ...about, applied, direction: 'up', goal });
  const pending = steps.map((step) => step.migration);
  const ready = await state.after(pending.slice(0, pending.indexOf(migration)), about);
  const pendingState = { ...nothing, state: 'pending', migration: ref, copy: state.kind } as const;
  if (ready.blocking) {
    const blocking = ready.blocking.steps.find(({ verdict }) => /fails|cannot/.test(verdict.kind));
    const lint = new MigrationLint(migration, false, ask).warnings();
    const blocked = blocking
      ? { blockedBy: blocking.migration, blockedWhy: blocking.verdict.kind as 'fails' | 'cannot' }
      : { refused: ready.blocking.error };
    return { type: 'done', result: { ...pendingState, lint, ...blocked } };
  }
  const rows = state.kind !== 'schema';
  const lint = new MigrationLint(migration, rows, ask);
  const trial = new Trial(state.open(ready.content), about, migration, rows, lint);
  try {
    const { report, ...tried } = await trial.run();
    return { type: 'done', result: { ...pendingState, ...tried }, report };
  } finally {
    trial.close();
  }
}

function unreadable(error: unknown, file: string): (CheckAnswer & { type: 'done' })['result'] {
  const info = errorInfo(error);
  const state = 'pending';
  return info.place?.file === file
    ? { ...nothing, state, problems: [{ kind: 'fails', direction: 'up', error: info }] }
    : { ...nothing, state: 'none' };
}
