import { rmSync } from 'node:fs';
import { cp, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './hostPaths';

/**
 * A copy of one of `migrations-samples/`, in a folder of that name below a new temporary one that
 * goes with this process.
 */
export async function copySample(name: string): Promise<string> {
  const home = await realpath(await mkdtemp(join(tmpdir(), 'lockstep-sample-')));
  process.on('exit', () => rmSync(home, { recursive: true, force: true }));
  await cp(join(root, 'migrations-samples', name), join(home, name), { recursive: true });
  return join(home, name);
}
