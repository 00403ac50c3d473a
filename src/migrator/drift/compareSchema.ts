import { compareSchemas } from '../../core/drift/compareSchemas';
import type { SchemaComparison } from '../../core/drift/schemaComparison';
import { schemaText } from '../../core/rehearsal/schemaText';
import { chooseEngine } from '../../sqlite/chooseEngine';
import type { Rehearser } from '../rehearsal/rehearser';
import type { RehearsalRequest } from '../rehearsal/rehearsalRequest';
import type { ThreadPool } from '../threadPool';

/** Which migrations are to be recorded, and how to find out what they make. */
export type CompareRequest = Omit<RehearsalRequest, 'direction' | 'from' | 'detail' | 'intended'>;

/**
 * Compares the schema of a database with the one that its migrations make on an empty one, up to the
 * goal. Changes nothing.
 *
 * @throws LockstepError `run.cancelled`, or what is wrong with the target itself
 */
export async function compareSchema(
  request: CompareRequest,
  pool: ThreadPool,
  rehearser: Rehearser,
  signal?: AbortSignal,
): Promise<SchemaComparison> {
  const { target, goal } = request;
  const reader = pool.looks(chooseEngine(request.engine));
  const { record, made, unknown, schema } = await reader.call('adoption', { target, goal });
  const actual = schemaText(schema);
  const about = { record, unknown, expected: '', actual, missing: [], different: [], extra: [] };
  const rehearsal = await rehearser.rehearse(
    {
      ...request,
      transaction: 'each',
      direction: 'up',
      goal: { kind: 'steps', steps: made.length },
      intended: made,
      from: 'empty',
      detail: 'run',
    },
    signal,
    reader,
  );
  const { engine, error } = rehearsal;
  if (rehearsal.verdict !== 'works') {
    const stopped = rehearsal.steps.find(({ verdict }) => /^(fails|cannot)$/.test(verdict.kind));
    const verdict = stopped?.verdict;
    return {
      ...about,
      verdict: 'cannot',
      engine,
      error: verdict?.kind === 'fails' ? verdict.error : error,
      ...(verdict?.kind === 'cannot' && { cannot: verdict, stoppedAt: stopped?.migration }),
    };
  }
  return { ...about, engine, ...compareSchemas(rehearsal.schemaAfter, schema) };
}
