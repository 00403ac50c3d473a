import { basename, resolve } from 'node:path';
import { LockstepError } from '../core/errors';
import type { Backup } from '../core/model';
import { backupName, describeBackupReason, describeRestore } from '../messages/run';
import { fileSize, plainTranslate as t } from '../messages/text';
import { type Command, confirm, type Context, exitCodes } from './context';
import { Interrupts } from './interrupts';
import { localTime, shortPath } from './output';

/** `lockstep restore`: makes the database again what a backup says. */
export const restoreCommand: Command = async (context) => {
  const { options, output, service } = context;
  const database = await context.database();
  const backup = choose(context, database, await service.backups({ database }));
  const question = t('Restore {database} as it was {backup}? What is there is kept as a backup.', {
    database: shortPath(database),
    backup: backupText(backup),
  });
  if (!options.yes && !(await confirm(question))) {
    return exitCodes.cancelled;
  }
  const interrupts = new Interrupts(service);
  const result = await service.restore(
    {
      database,
      name: backup.name,
      owner: context.owner,
      engine: options.engine,
      wait: context.wait,
      keep: options.backup.keep,
    },
    {
      onEvents: (events) => events.forEach((event) => output.event(event)),
      signal: interrupts.signal,
    },
  );
  const line = describeRestore(result, t);
  output.object({ type: 'result', ...result, message: line.message });
  output.line(line);
  await interrupts.finish(result.outcome === 'cancelled');
  return exitCodes[result.outcome];
};

/** By its name, or by a path to it as a shell completes it. */
function choose(
  { options: { latest, name }, place }: Context,
  database: string,
  backups: readonly Backup[],
): Backup {
  const found = latest
    ? backups[0]
    : backups.find((each) => each.name === name || each.file === resolve(place.folder, name));
  if (!found) {
    throw latest
      ? new LockstepError('usage', {
          message: `There are no backups of ${shortPath(database)}.`,
        })
      : new LockstepError('backup.unknown', { name, folder: `.lockstep (${basename(database)})` });
  }
  return found;
}

/** `lockstep backups`: lists them, newest first; opens no database. */
export const backupsCommand: Command = async (context) => {
  const { output, service } = context;
  const database = await context.database();
  const backups = await service.backups({ database });
  output.object({ type: 'backups', database, backups });
  if (backups.length === 0) {
    output.text(t('There are no backups of {database}.', { database: shortPath(database) }));
  }
  for (const backup of backups) {
    output.text(`${backupName(backup.file)}  ${output.style.dim(backupText(backup))}`);
  }
  return 0;
};

/** When it was made, how large it is and what it was made before. */
function backupText(backup: Backup): string {
  const { at, bytes } = backup;
  return [localTime(at), fileSize(bytes, t), describeBackupReason(backup, t)].join(', ');
}
