// The long form of the torture bench. Usage: npm run torture -- --minutes N --seed S
import { spawn } from 'node:child_process';
import { nodeWithSqlite, testEnvironment } from './node.mjs';
import { mustRun, root } from './process.mjs';

await mustRun('The build', process.execPath, ['esbuild.mjs', '--tests']);
const program = 'out/test/race/torture/main.js';
const child = spawn(nodeWithSqlite(), ['--enable-source-maps', program, ...process.argv.slice(2)], {
  stdio: 'inherit',
  cwd: root,
  env: testEnvironment(),
});
process.on('SIGINT', () => {}); // the program prints its counts, then ends; so do we
child.on('close', (code) => process.exit(code ?? 1));
