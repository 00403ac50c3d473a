import type * as cryptoModule from 'node:crypto';

/**
 * `node:crypto`, loaded when first needed: that takes some 5 ms, of which the start of every terminal
 * and of every thread would pay.
 */
export function loadCrypto(): typeof cryptoModule {
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  return require('node:crypto') as typeof cryptoModule;
}

/** SHA-256 (hex). In one call where this Node has it (20.12): a look asks for a thousand. */
export function sha256(text: string): string {
  const crypto = loadCrypto();
  const hash = crypto.hash as typeof crypto.hash | undefined;
  return hash ? hash('sha256', text) : crypto.createHash('sha256').update(text).digest('hex');
}
