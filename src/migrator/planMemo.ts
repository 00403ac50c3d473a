import type { Plan } from '../core/plan/plan';
import { planRun, type PlanRequest } from '../core/plan/planRun';

/**
 * Remembers what was planned for each database: most looks find all as it was, and comparing the
 * checksums of a thousand migrations takes its time.
 */
export class PlanMemo {
  private readonly plans = new Map<string, { readonly asked: PlanRequest; readonly plan: Plan }>();

  /**
   * As `planRun`. Folders and logs count as the same only where they are the same objects, which their
   * readers give as long as nothing has changed.
   * @param path canonical path of the database
   */
  public plan(path: string, asked: PlanRequest): Plan {
    const last = this.plans.get(path);
    if (last && isSameRequest(last.asked, asked)) {
      return last.plan;
    }
    const plan = planRun(asked);
    this.plans.set(path, { asked, plan });
    return plan;
  }
}

function isSameRequest(a: PlanRequest, b: PlanRequest): boolean {
  return (
    a.format === b.format &&
    a.migrations === b.migrations &&
    a.log === b.log &&
    a.direction === b.direction &&
    JSON.stringify([a.goal, a.intended]) === JSON.stringify([b.goal, b.intended]) &&
    a.applied.length === b.applied.length &&
    a.applied.every((version, index) => version === b.applied[index])
  );
}
