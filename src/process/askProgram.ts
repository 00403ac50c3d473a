import type * as childProcess from 'node:child_process';

/**
 * What a small program of the system prints, in the C locale and UTC.
 * @throws when it is missing, fails or takes longer than two seconds
 */
export function askProgram(file: string, ...args: string[]): string {
  // Loaded here since most systems never come here, and every start of a process and a thread would
  // pay for it.
  // eslint-disable-next-line @typescript-eslint/no-require-imports
  const { execFileSync } = require('node:child_process') as typeof childProcess;
  return execFileSync(file, args, {
    encoding: 'utf8',
    timeout: 2_000,
    stdio: ['ignore', 'pipe', 'ignore'],
    env: { PATH: '/bin:/usr/bin:/sbin:/usr/sbin', LC_ALL: 'C', TZ: 'UTC' },
  });
}
