import { LockstepError } from '../../core/errors';

/**
 * Waits for work that may never end by itself, and ends it when it takes too long or nobody wants it
 * any more.
 *
 * @param limits.maxMs milliseconds
 * @param end ends the work, whatever it does
 * @throws LockstepError `rehearsal.cannot` with reason `time`, or `run.cancelled`
 */
export async function limitedCall<T>(
  work: Promise<T>,
  { maxMs, signal }: { readonly maxMs: number; readonly signal?: AbortSignal },
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
  const cancel = (): void => stop(new LockstepError('run.cancelled'));
  signal?.addEventListener('abort', cancel);
  if (signal?.aborted) {
    cancel();
  }
  try {
    return await Promise.race([work, stopped]);
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener('abort', cancel);
  }
}
