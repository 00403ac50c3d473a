import { LockstepError } from '../../core/errors';

export interface CallLimits {
  readonly maxMs: number;
  readonly graceMs?: number;
  readonly signal?: AbortSignal;
}

/**
 * Waits for work that may never end by itself, and ends it when it takes too long or nobody wants it
 * any more.
 *
 * @param limits.maxMs milliseconds
 * @param limits.graceMs milliseconds that work which nobody wants any more may take to end by itself,
 *   where ending it costs more than that
 * @param end ends the work, whatever it does
 * @throws LockstepError `rehearsal.cannot` with reason `time`, or `run.cancelled`
 */
export async function limitedCall<T>(
  work: Promise<T>,
  { maxMs, signal, graceMs = 0 }: CallLimits,
  end: () => void | Promise<void>,
): Promise<T> {
  let stop: (error: Error) => void = () => undefined;
  const stopped = new Promise<never>((_resolve, reject) => {
    stop = (error) => {
      work.catch(() => undefined); // it ends now, and nobody waits for it
      void end();
      reject(error);
    };
  });
  const timer = setTimeout(
    () => stop(new LockstepError('rehearsal.cannot', { reason: 'time' })),
    maxMs,
  );
  let grace: NodeJS.Timeout | undefined;
  const giveUp = (): void => stop(new LockstepError('run.cancelled'));
  const cancel = (): void => {
    if (graceMs > 0) {
      grace = setTimeout(giveUp, graceMs);
    } else {
      giveUp();
    }
  };
  signal?.addEventListener('abort', cancel);
  if (signal?.aborted) {
    cancel();
  }
  try {
    return await Promise.race([work, stopped]);
  } finally {
    clearTimeout(timer);
    clearTimeout(grace);
    signal?.removeEventListener('abort', cancel);
  }
}
