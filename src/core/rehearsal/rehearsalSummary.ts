import type { CannotReason, CopyInfo, EngineInfo, Losses, Rehearsal } from './rehearsal';

/** A rehearsal in short, for events and logs. */
export interface RehearsalSummary {
  readonly verdict: Rehearsal['verdict'];
  /** How many migrations were to be tried, and how many of them work. */
  readonly steps: number;
  readonly works: number;
  readonly losses: Losses;
  /** The first that cannot be tried. */
  readonly cannot?: {
    readonly migration: string;
    readonly reason: CannotReason;
    readonly detail?: string;
  };
  readonly copy: CopyInfo['kind'];
  readonly engine: EngineInfo;
  readonly ms: number;
}

export function summaryOf({
  verdict,
  steps,
  losses,
  copy,
  engine,
  ms,
}: Rehearsal): RehearsalSummary {
  const works = steps.filter((step) => /^(works|schemaOnly)$/.test(step.verdict.kind)).length;
  const stuck = steps.find((step) => step.verdict.kind === 'cannot');
  const cannot = stuck?.verdict.kind === 'cannot' && {
    migration: stuck.migration.id,
    reason: stuck.verdict.reason,
    detail: stuck.verdict.detail,
  };
  const base = { verdict, steps: steps.length, works, losses, copy: copy.kind, engine, ms };
  return cannot ? { ...base, cannot } : base;
}
