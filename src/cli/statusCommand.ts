import { isHistoryKnown, type Status } from '../core/model';
import { outcomeOf } from '../core/run/runEvents';
import type { Command } from './context';
import { exitCodes } from './exitCodes';
import { statusText } from './statusText';

/** `lockstep status`: looks, and changes nothing. */
export const statusCommand: Command = async (context) => {
  const { options, output, service } = context;
  const { database, folders, format, guessed } = await context.target();
  const status = await service.status({ database, folders, format }, options.engine);
  output.object({ type: 'status', ...status } as { type: string });
  if (!output.json) {
    statusText(status, output.style, { guessed }).forEach((line) => output.text(line));
  }
  return exitCode(status, options.check);
};

function exitCode(status: Status, check: boolean): number {
  const { error, look, pending, mark } = status;
  if (error) {
    return exitCodes[outcomeOf(error.code)];
  }
  if (look.state === 'notADatabase') {
    return exitCodes.invalid;
  }
  return check && (pending.length > 0 || mark?.orphaned || !isHistoryKnown(status)) ? 1 : 0;
}
