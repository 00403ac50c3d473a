import { errorInfo } from '../../core/errors';
import type { LockState } from '../../core/model';
import { describeHolder, describeProgress } from '../../messages/holder';
import type { Project } from '../../workspace/project';
import { confirm, showStatusMessage, notify } from '../notify';
import { t } from '../translate';

/** Says who has the migration lock, since when and how far they are. */
export async function showLockHolder(project: Project): Promise<void> {
  await project.refreshLock();
  const { lock } = project.state;
  const message = t('{database}: {state}', {
    database: project.name,
    state: describeLock(lock, project),
  });
  const breakIt = { title: t('Break Lock…'), run: () => breakLock(project) };
  notify('info', { message }, ...(lock.kind === 'free' || project.isRunning ? [] : [breakIt]));
}

/** Removes the sentinel after asking; for a holder that is alive the person has to insist. */
export async function breakLock(project: Project): Promise<void> {
  await project.refreshLock();
  const { lock } = project.state;
  if (lock.kind === 'free') {
    return showStatusMessage(t('{database}: nobody holds the lock', { database: project.name }));
  }
  const holder = lock.holder ? describeHolder(lock.holder, t) : t('an unknown holder');
  const question =
    lock.kind === 'stale'
      ? t('Remove the stale lock of {database}?', { database: project.name })
      : t('Break the lock of {database}?', { database: project.name });
  const detail =
    lock.kind === 'stale'
      ? t('It was left by {holder}, which is gone. The next run would take over by itself.', {
          holder,
        })
      : t('It is held by {holder}. {warning}', { holder, warning: sentinelOnly(lock) });
  if (await confirm('warning', question, detail, t('Break Lock'))) {
    await removeLock(project, holder);
  }
}

async function removeLock(project: Project, holder: string): Promise<void> {
  try {
    await project.breakLock(false);
  } catch (error) {
    if (errorInfo(error).code !== 'lock.live') {
      throw error;
    }
    const question = t('Break the lock of {database} although its holder seems to be alive?', {
      database: project.name,
    });
    const detail = t('{holder} may be in the middle of a migration. {warning}', {
      holder: capitalised(holder),
      warning: sentinelOnly(project.state.lock),
    });
    if (!(await confirm('warning', question, detail, t('Break Lock Anyway')))) {
      return;
    }
    await project.breakLock(true);
  }
  notify('info', {
    message: t('{database}: the lock of {holder} was removed.', { database: project.name, holder }),
  });
}

function describeLock(lock: LockState, project: Project): string {
  switch (lock.kind) {
    case 'free':
      return t('nobody holds the lock.');
    case 'stale':
      return t('stale lock of {holder}, which is gone; the next run takes over.', {
        holder: lock.holder ? describeHolder(lock.holder, t) : t('an unknown holder'),
      });
    case 'held': {
      if (project.isRunning && lock.mine) {
        return t('this window holds the lock.');
      }
      const who = lock.holder
        ? describeHolder(lock.holder, t)
        : t('an unknown holder (the lock has no readable card)');
      const progress = describeProgress(lock.holder?.progress, t);
      return t('the lock is held by {holder}.', {
        holder: [who, progress].filter(Boolean).join(', '),
      });
    }
  }
}

function capitalised(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}

/** What breaking the lock does not do. */
function sentinelOnly(lock: LockState): string {
  const pid = lock.kind === 'held' ? lock.holder?.pid : undefined;
  return Number.isSafeInteger(pid)
    ? t(
        'Only the lock file is removed. The database’s own lock lasts until that program ends (pid {pid}).',
        { pid: pid! },
      )
    : t('Only the lock file is removed. The database’s own lock lasts until that program ends.');
}
