import { spawnSync } from 'node:child_process';

/** Runs the real dbmate (from npm) in a folder: `database.db` and `db/migrations` there. */
export function realDbmate(folder: string, ...command: string[]): { ok: boolean; said: string } {
  const name = `@dbmate/${process.platform}-${process.arch}/bin/dbmate`;
  const executable = require.resolve(process.platform === 'win32' ? `${name}.exe` : name);
  const { status, stdout, stderr } = spawnSync(
    executable,
    ['--url', 'sqlite:database.db', '--no-dump-schema', ...command],
    { cwd: folder, encoding: 'utf8' },
  );
  return { ok: status === 0, said: stdout + stderr };
}
