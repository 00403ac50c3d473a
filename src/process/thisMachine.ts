import { readFileSync, readlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { askProgram } from './askProgram';

/**
 * A word for this kernel, boot and pid namespace: where two processes have the same, their pids can
 * be compared. A container shares its host's boot id but counts pids of its own, so both are in it.
 * Starts a short-lived program on macOS, so keep the answer.
 */
export function thisMachine(): string {
  return [hostname(), ...bootAndNamespace()].join(' ');
}

function bootAndNamespace(): string[] {
  switch (process.platform) {
    case 'linux':
      return [
        told(() => readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()),
        told(() => readlinkSync('/proc/self/ns/pid')),
      ];
    case 'darwin':
      return [told(() => askProgram('sysctl', '-n', 'kern.bootsessionuuid').trim())];
    default:
      return [process.platform];
  }
}

function told(ask: () => string): string {
  try {
    return ask();
  } catch {
    return '?';
  }
}
