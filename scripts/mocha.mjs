// Builds everything, then runs mocha on the given bundled tests, on a Node that has node:sqlite.
// Usage: node scripts/mocha.mjs unit/core unit/lock/holderCard.test.ts -- --grep word
// A path may begin with test/, as an editor or a shell that completes names gives it.
import { spawnSync } from 'node:child_process';
import { nodeWithSqlite, testEnvironment } from './node.mjs';

const [named, extra] = split(process.argv.slice(2));
const wanted = named.map((name) => name.replaceAll('\\', '/').replace(/^test\//, ''));
run(process.execPath, ['esbuild.mjs', '--tests']);
const files = (wanted.length ? wanted : ['unit', 'race']).map((name) =>
  name.endsWith('.ts')
    ? `out/test/${name.replace(/\.ts$/, '.js')}`
    : `out/test/${name}/**/*.test.js`,
);
run(nodeWithSqlite(), [
  '--enable-source-maps',
  'node_modules/mocha/bin/mocha.js',
  '--timeout=180000',
  ...extra,
  ...files,
]);

function run(command, args) {
  const { status } = spawnSync(command, args, { stdio: 'inherit', env: testEnvironment() });
  if (status !== 0) {
    process.exit(status ?? 1);
  }
}

function split(args) {
  const at = args.indexOf('--');
  return at < 0 ? [args, []] : [args.slice(0, at), args.slice(at + 1)];
}
