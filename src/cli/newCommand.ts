import { resolve } from 'node:path';
import { LockstepError } from '../core/errors';
import type { Target } from '../core/model';
import { sanitizeLine } from '../messages/text';
import type { Command, Context } from './context';
import { saidByEnvironment } from './findTarget';
import { shortPath } from './output';

/** `lockstep new NAME`: creates files and opens no database. */
export const newCommand: Command = async (context) => {
  const { options, output, service } = context;
  const { files, line, column } = await service.newMigration({
    target: await target(context),
    name: options.name,
  });
  output.object({ type: 'new', files, line, column } as { type: string });
  files.forEach((file) => output.text(`Created ${sanitizeLine(shortPath(file), 4096)}`));
  return 0;
};

async function target(context: Context): Promise<Target> {
  const { options, place } = context;
  const said = saidByEnvironment(place);
  const folders = options.migrations.map((folder) => resolve(place.folder, folder));
  const known = folders.length > 0 ? folders : said.migrations;
  if (known.length > 0) {
    return { database: said.database ?? '', folders: known };
  }
  try {
    const { database, folders: found, format } = await context.target('folders');
    return { database, folders: found, format };
  } catch (error) {
    if (error instanceof LockstepError && error.code === 'target.none') {
      throw new LockstepError('usage', {
        message: 'There are no migrations here yet. Name the folder, e.g. --migrations migrations',
      });
    }
    throw error;
  }
}
