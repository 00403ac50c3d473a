import { oneLine } from '../messages/text';
import type { Command } from './context';

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
  const id = oneLine(mark.migration.id);
  output.text(
    decision === 'retry'
      ? `${id} runs again from its start with the next migrate.`
      : `${id} is recorded as applied.`,
  );
  return 0;
};
