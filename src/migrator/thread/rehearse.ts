import type { Place } from '../../core/errors';
import type { RehearsalReport } from '../../core/rehearsal/rehearsalJob';
import { rehearse } from '../../core/rehearsal/rehearse';
import type { RunEvent } from '../../core/run/runEvents';
import { placeAt } from '../../core/sql/positions';
import { canonicalPath } from '../../sqlite/databaseFile';
import { fileAccessCheck } from '../../sqlite/fileAccess';
import type { ThreadCalls } from '../threadProtocol';
import { contentName } from './readStatus';
import { runLogOf, type ThreadContext } from './threadContext';

/** Runs migrations on a copy in this thread. */
export async function rehearseInThread(
  { target, job, bytes, folder, fileAccess }: ThreadCalls['rehearse']['ask'],
  context: ThreadContext,
  emit?: (event: RunEvent) => void,
): Promise<RehearsalReport> {
  const path = canonicalPath(target.database);
  const { format, migrations } = context.reader.read(target);
  const log = runLogOf(context, path).read();
  const copy = context.engine.openSnapshot(path, bytes, folder);
  try {
    const { control } = context;
    const checkFileAccess = fileAccessCheck(path, fileAccess);
    const env = { factory: copy, format, migrations, log, control, checkFileAccess };
    const report = await rehearse(job, { ...env, emit });
    const { again: goal } = job;
    if (!goal || (report.verdict !== 'works' && report.verdict !== 'schemaOnly')) {
      return report;
    }
    const { verdict, losses, ...again } = await rehearse(
      { ...job, direction: 'up', goal, intended: undefined },
      env,
    );
    const failed = again.steps.map((step) => step.verdict).find((step) => step.kind === 'fails');
    return { ...report, again: { verdict, losses, error: failed?.error ?? again.error } };
  } finally {
    copy.close();
  }
}

/** What this engine does not understand of statements that another one has run. */
export function compileInThread(
  { target, direction, unsaved, schema, statements }: ThreadCalls['compile']['ask'],
  { engine, reader }: ThreadContext,
): ThreadCalls['compile']['answer'] {
  const failures = engine.compile?.(
    schema,
    statements.map(({ text }) => text),
  );
  if (!failures?.length) {
    return [];
  }
  const { migrations } = reader.read(target, unsaved);
  const placeOf = (index: number): Place | undefined => {
    const { migration, start, text } = statements[index];
    const found = migrations.find(({ id }) => id === migration);
    const script = direction === 'up' ? found?.up : found?.down;
    // A down script that the log kept stands in no file.
    return script && start !== undefined && script.text.startsWith(text, start)
      ? placeAt(script.file, script.text, start)
      : undefined;
  };
  return failures.map((failure) => ({ ...failure, place: placeOf(failure.index) }));
}

/** A copy of a target's database, or why there is none. Leaves nothing beside it. */
export function copyInThread(
  { target, maxBytes }: ThreadCalls['copy']['ask'],
  { engine, reader }: ThreadContext,
): ThreadCalls['copy']['answer'] {
  const path = canonicalPath(target.database);
  const { format, migrations } = reader.read(target);
  const { historyTable } = format;
  const content = contentName(path, migrations); // before, so that what is written meanwhile shows
  const { name, sqliteVersion } = engine;
  const { value, state, sizeBytes, message } = engine.snapshot(path, { maxBytes, historyTable });
  const about = { content, engine: { name, sqliteVersion } };
  switch (state) {
    case 'missing':
    case 'empty':
      return { ...about, info: { kind: 'empty', sizeBytes } };
    case 'ok':
      return { ...about, info: { kind: value!.kind, sizeBytes }, bytes: value!.bytes };
    default:
      return { ...about, info: { kind: 'none', sizeBytes, state }, message };
  }
}
