import { resolve } from 'node:path';
import type { LockState } from '../core/model';
import { describeHolder } from '../messages/holder';
import { plainTranslate as t } from '../messages/text';
import type { Command, Context } from './context';
import { lockText, markText } from './statusText';

/** `lockstep lock`: shows the sentinel lock or removes it. */
export const lockCommand: Command = async (context) => {
  const { options, output, service } = context;
  if (options.break) {
    const broken = await service.breakLock(await context.database(), options.force);
    output.object({ type: 'broken', lock: broken } as { type: string });
    output.text(brokenText(broken));
    return 0;
  }
  const { lock, mark } = await look(context);
  output.object({ type: 'lock', lock, mark } as { type: string });
  output.text(lockText(lock, output.style));
  if (mark) {
    markText(mark, output.style).forEach((line) => output.text(line));
  }
  return 0;
};

/** An interrupted migration is shown even where the migrations' folder is not known. */
async function look(context: Context) {
  const { options, service, place } = context;
  if (options.database !== undefined && options.migrations.length === 0) {
    const database = resolve(place.folder, options.database);
    return await service.status({ database, folders: [] });
  }
  const { database, folders, format } = await context.target();
  return await service.status({ database, folders, format });
}

function brokenText(lock: LockState): string {
  if (lock.kind === 'free') {
    return t('There was no lock.');
  }
  const holder = lock.holder ? describeHolder(lock.holder, t) : t('a holder that is not known');
  const removed = t('Removed the lock of {holder}.', { holder });
  return lock.kind === 'stale'
    ? removed
    : `${removed} ${t('The database’s own lock lasts until that program ends.')}`;
}
