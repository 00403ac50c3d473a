import { cp, mkdtemp, realpath } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { root } from './hostPaths';

/** A copy of one of `migrations-samples/`, in a folder of that name below a new temporary one. */
export async function copySample(name: string): Promise<string> {
  const folder = join(await realpath(await mkdtemp(join(tmpdir(), 'lockstep-sample-'))), name);
  await cp(join(root, 'migrations-samples', name), folder, { recursive: true });
  return folder;
}
