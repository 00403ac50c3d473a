import { outcomeOf } from '../core/run/runEvents';
import type { Rehearsal } from '../core/rehearsal/rehearsal';
import { defaultRehearsalLimits } from '../migrator/protocol';
import type { Command } from './context';
import { exitCodes } from './exitCodes';
import { goalOf } from './goalOf';
import { Interrupts } from './interrupts';
import { previewText } from './previewText';

/** `lockstep preview`: tries on a copy what a run would do, and changes nothing. */
export const previewCommand: Command = async (context) => {
  const { options, output, service, place } = context;
  const { database, folders, format } = await context.target();
  const direction = options.rollback ? 'down' : 'up';
  const interrupts = new Interrupts(service);
  const rehearsal = await service.preview(
    {
      target: { database, folders, format },
      direction,
      goal: goalOf(options, direction),
      transaction: options.transaction,
      engine: options.engine,
      reach: options.allowOutside ? 'anywhere' : { folders: [place.folder] },
      trusted: true,
      limits: defaultRehearsalLimits,
    },
    interrupts.signal,
  );
  output.object({ type: 'preview', ...rehearsal } as { type: string });
  if (!output.json) {
    previewText(rehearsal, output.style).forEach((line) => output.text(line));
  }
  await interrupts.finish(false);
  return exitCode(rehearsal);
};

function exitCode({ verdict, steps, error }: Rehearsal): number {
  switch (verdict) {
    case 'works':
    case 'schemaOnly':
      return exitCodes.done;
    case 'fails':
      return steps.length === 0 && error ? exitCodes[outcomeOf(error.code)] : exitCodes.failed;
    case 'cannot':
      return exitCodes.refused;
  }
}
