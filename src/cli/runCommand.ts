import { existsSync } from 'node:fs';
import { basename } from 'node:path';
import { LockstepError } from '../core/errors';
import type { Direction } from '../core/model';
import { defaultRehearseMaxBytes } from '../core/rehearsal/rehearsal';
import type { RunRequest } from '../core/run/runRequest';
import { sanitizeLine } from '../messages/text';
import { type Command, type Context, exitCodes, goalOf, Interrupts, waitLimits } from './context';
import type { FoundTarget } from './findTarget';
import { shortPath } from './output';

/** `lockstep migrate` and `lockstep rollback`. */
export function runCommand(direction: Direction): Command {
  return async (context) => {
    const { output, service } = context;
    const target = await context.target();
    if (target.guessed) {
      throw notNamed(target, direction);
    }
    const interrupts = new Interrupts(service);
    const request = runRequest(context, target, direction);
    const result = await service.run(request, (event) => output.event(event), interrupts.signal);
    output.result(result, direction);
    await interrupts.finish(result.outcome === 'cancelled');
    await service.settled();
    return exitCodes[result.outcome];
  };
}

function runRequest(
  { options, place, version }: Context,
  { database, folders, format }: FoundTarget,
  direction: Direction,
): RunRequest {
  return {
    target: { database, folders, format },
    direction,
    goal: goalOf(options, direction),
    owner: { kind: 'terminal', workspace: basename(place.folder) || undefined, version },
    engine: options.engine,
    wait: waitLimits(options.wait),
    transaction: options.transaction,
    backup: options.backup,
    rehearse: { mode: options.rehearse, maxBytes: defaultRehearseMaxBytes },
    fileAccess: options.allowOutside ? 'anywhere' : { folders: [place.folder] },
  };
}

/** A guess that is there has a fitting name, but as a rule the history of other migrations. */
function notNamed({ database }: FoundTarget, direction: Direction): LockstepError {
  const example = shortPath(database);
  if (existsSync(database)) {
    const name = `If it is meant all the same, name it: --database ${example}`;
    return new LockstepError('usage', {
      message: `${example} does not seem to belong to these migrations. ${name}`,
    });
  }
  return direction === 'down'
    ? new LockstepError('database.missing', { path: example })
    : new LockstepError('usage', {
        message: `There is no database yet. Name the one to create, e.g. --database ${example}`,
      });
}

/** `lockstep resolve`: decides about a migration that was interrupted outside a transaction. */
export const resolveCommand: Command = async (context) => {
  const { options, output, service } = context;
  const { database, folders, format } = await context.target();
  const target = { database, folders, format };
  const { mark } = await service.status(target);
  if (!mark) {
    output.object({ type: 'resolved', decision: null } as { type: string });
    output.text('No migration was interrupted.');
    return 0;
  }
  const { decision = 'retry' } = options;
  await service.resolveInterrupted(target, decision);
  output.object({ type: 'resolved', decision, migration: mark.migration } as { type: string });
  const id = sanitizeLine(mark.migration.id);
  output.text(
    decision === 'retry'
      ? `${id} runs again from its start with the next migrate.`
      : `${id} is recorded as applied.`,
  );
  return 0;
};
