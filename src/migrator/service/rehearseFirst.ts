import { LockstepError } from '../../core/errors';
import type { MigrationRef } from '../../core/model';
import { type Rehearsal, summaryOf } from '../../core/rehearsal/rehearsal';
import { exceedsLosses } from '../../core/schema/tableChanges';
import type { RunEvent } from '../../core/run/runEvents';
import type { RunReport } from '../../core/run/runMigrations';
import type { RunRequest } from '../../core/run/runRequest';
import { defaultRehearsalLimits, type RehearsalRequest } from '../protocol';
import type { PlanPreview } from '../threadProtocol';
import type { Rehearser } from './rehearser';
import type { DatabaseThread } from './threads';

/** Milliseconds that a rehearsal nobody asked for may take, the copy not counted. */
const autoMs = 1000;

interface RehearsalContext {
  readonly rehearser: Pick<Rehearser, 'rehearse'>;
  readonly thread: DatabaseThread;
  readonly signal: AbortSignal | undefined;
  emit(event: RunEvent): void;
  /** What a run would do as things stand. */
  previewPlan(): Promise<PlanPreview>;
}

/**
 * Tries a run on a copy before anything is changed, to be called while the run has the sentinel: then
 * only one of many that start at once does it, and what it tries is what it runs.
 *
 * @returns how the run ends when it would fail; undefined when it may go on, which it also may when
 *   that could not be found out
 * @throws LockstepError `run.cancelled`
 */
export async function rehearseFirst(
  request: RunRequest,
  plan: PlanPreview,
  context: RehearsalContext,
): Promise<RunReport | undefined> {
  const { steps, marked } = plan;
  // What a person has to decide about first would only seem to fail, on what was left half done.
  if (!steps?.length || marked || !isWanted(request, plan)) {
    return undefined;
  }
  const rehearsal = await attempt(request, plan, context);
  if (!rehearsal) {
    return undefined;
  }
  context.emit({ type: 'rehearsed', rehearsal: summaryOf(rehearsal) });
  const { error, applies, findings, losses } = rehearsal;
  const nothing = { applied: [], alreadyApplied: [], remaining: steps, findings };
  const unchanged = { ...nothing, rehearsed: true, engine: plan.engine };
  if (rehearsal.steps.some(({ verdict }) => verdict.kind === 'fails')) {
    const upTo = applies === undefined ? {} : { applies };
    return (await isStill(steps, context))
      ? { ...unchanged, ...upTo, outcome: 'failed', error }
      : undefined;
  }
  return request.agreed && exceedsLosses(losses, request.agreed)
    ? { ...unchanged, losses, outcome: 'unconfirmed' }
    : undefined;
}

/** A run that is one transaction undoes itself: trying it first only tells what would be lost. */
function isWanted({ rehearse, transaction, agreed }: RunRequest, { atomic }: PlanPreview): boolean {
  switch (rehearse?.mode ?? 'never') {
    case 'always':
      return true;
    case 'never':
      return false;
    case 'auto':
      return agreed !== undefined || (!atomic && transaction !== 'all');
  }
}

async function attempt(
  { target, direction, goal, transaction, engine, fileAccess, rehearse, agreed }: RunRequest,
  { steps, content, deletes }: PlanPreview,
  { rehearser, thread, signal }: RehearsalContext,
): Promise<Rehearsal | undefined> {
  // A person who can be asked about what is deleted wants to know it rather than to be quick.
  const mayTakeLong = rehearse?.mode === 'always' || (agreed !== undefined && deletes);
  const maxMs = mayTakeLong ? defaultRehearsalLimits.maxMs : autoMs;
  const request: RehearsalRequest = {
    target,
    direction,
    goal,
    content,
    intended: steps?.map(({ version }) => version),
    transaction,
    engine,
    fileAccess,
    trusted: true, // it runs right after
    limits: { maxBytes: rehearse?.maxBytes ?? defaultRehearsalLimits.maxBytes, maxMs },
    detail: 'run',
  };
  try {
    return await rehearser.rehearse(request, signal, thread);
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'run.cancelled') {
      throw error;
    }
    return undefined; // the run meets it too, or it is no concern of the run
  }
}

/** Whether it would still do what was tried: a program that knows no sentinel may have done some. */
async function isStill(
  steps: readonly MigrationRef[],
  { previewPlan }: RehearsalContext,
): Promise<boolean> {
  const now = (await previewPlan()).steps?.map(({ id }) => id);
  return now !== undefined && now.join('\n') === steps.map(({ id }) => id).join('\n');
}
