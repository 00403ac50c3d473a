import { existsSync } from 'node:fs';
import { resolve } from 'node:path';
import { LockstepError } from '../core/errors';
import type { Direction, Target } from '../core/model';
import { defaultRehearseMaxBytes, type RunRequest } from '../core/run/runRequest';
import { sanitizeLine } from '../messages/text';
import { type Command, type Context, exitCodes } from './context';
import { readEnvironment } from './findTarget';
import { Interrupts } from './interrupts';
import { shortPath } from './output';

/** `lockstep migrate` and `lockstep rollback`. */
export function runCommand(direction: Direction): Command {
  return async (context) => {
    const { options, output, service } = context;
    const { target, guessed } = await context.target();
    if (guessed) {
      throw notNamed(target, direction);
    }
    const request: RunRequest = {
      target,
      direction,
      goal: context.goal(direction),
      owner: context.owner,
      engine: options.engine,
      wait: context.wait,
      transaction: options.transaction,
      backup: options.backup,
      rehearse: { mode: options.rehearse, maxBytes: defaultRehearseMaxBytes },
      fileAccess: context.fileAccess,
    };
    const interrupts = new Interrupts(service);
    const result = await service.run(request, {
      onEvents: (events) => events.forEach((event) => output.event(event)),
      signal: interrupts.signal,
    });
    output.result(result, direction);
    await interrupts.finish(result.outcome === 'cancelled');
    await service.settled();
    return exitCodes[result.outcome];
  };
}

/** A guessed file that exists has a fitting name, but as a rule the history of other migrations. */
function notNamed({ database }: Target, direction: Direction): LockstepError {
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
  const { target } = await context.target();
  const { mark } = await service.status(target);
  if (!mark) {
    output.object({ type: 'resolved', decision: null });
    output.text('No migration was interrupted.');
    return 0;
  }
  const { decision = 'retry' } = options;
  await service.resolveInterrupted({ target, decision });
  output.object({ type: 'resolved', decision, migration: mark.migration });
  const id = sanitizeLine(mark.migration.id);
  output.text(
    decision === 'retry'
      ? `${id} runs again from its start with the next migrate.`
      : `${id} is recorded as applied.`,
  );
  return 0;
};

/** `lockstep new NAME`: creates files and opens no database. */
export const newCommand: Command = async (context) => {
  const { options, output, service } = context;
  const { files, line, column } = await service.newMigration({
    target: await newTarget(context),
    name: options.name,
  });
  output.object({ type: 'new', files, line, column });
  files.forEach((file) => output.text(`Created ${sanitizeLine(shortPath(file), 4096)}`));
  return 0;
};

async function newTarget(context: Context): Promise<Target> {
  const { options, place } = context;
  const configured = readEnvironment(place);
  const folders = options.migrations.map((folder) => resolve(place.folder, folder));
  const known = folders.length > 0 ? folders : configured.migrations;
  if (known.length > 0) {
    return { database: configured.database ?? '', folders: known };
  }
  try {
    return (await context.target('folders')).target;
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'target.none') {
      throw new LockstepError('usage', {
        message: 'There are no migrations here yet. Name the folder, e.g. --migrations migrations',
      });
    }
    throw error;
  }
}
