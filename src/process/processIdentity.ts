import { hostname } from 'node:os';
import type { ProcessIdentity } from '../core/holder';
import { processStart } from './processStart';
import { thisMachine } from './thisMachine';

/**
 * This process, precise enough for `liveness` to tell it from a later one with the same pid.
 * Starts a short-lived program on macOS, so keep the answer.
 */
export function processIdentity(): ProcessIdentity {
  const start = processStart(process.pid);
  const started = start.exists ? start.started : undefined;
  return {
    pid: process.pid,
    ...(started === undefined ? {} : { started }),
    host: hostname(),
    machine: thisMachine(),
  };
}
