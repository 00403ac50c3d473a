import { createRequire } from 'node:module';
import { join } from 'node:path';

/** Where the sql.js package keeps the file that is shipped beside the bundles. */
export const wasmPath = join(
  createRequire(join(process.cwd(), 'package.json')).resolve('sql.js'),
  '..',
  'sql-wasm.wasm',
);
