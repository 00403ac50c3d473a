import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import Mocha from 'mocha';

/** VS Code calls this inside its extension host: runs every suite beside this file. */
export async function run(): Promise<void> {
  const mocha = new Mocha({
    timeout: 180_000,
    forbidOnly: true,
    grep: process.env['LOCKSTEP_GREP'],
    // Output would drown in the window's own log: the reporter writes a file.
    reporter: process.env['LOCKSTEP_REPORTER'],
  });
  for (const file of readdirSync(__dirname)) {
    if (file.endsWith('.test.js')) {
      mocha.addFile(join(__dirname, file));
    }
  }
  const failures = await new Promise<number>((resolve) => mocha.run(resolve));
  if (failures > 0) {
    throw new Error(`${failures} tests failed`);
  }
}
