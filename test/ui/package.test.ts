import assert from 'node:assert/strict';
import { statSync } from 'node:fs';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { VsCodeServer } from '../support/vscodeServer';

describe('the package', () => {
  const vsix = process.env['LOCKSTEP_VSIX']!;
  let server: VsCodeServer;
  let files: readonly string[];

  before(async () => {
    server = await VsCodeServer.start();
    await server.install(vsix);
    const [folder] = (await readdir(server.extensions)).filter((name) =>
      name.startsWith('lockstep.lockstep-'),
    );
    const installed = await readdir(join(server.extensions, folder), {
      recursive: true,
      withFileTypes: true,
    });
    files = installed
      .filter((entry) => entry.isFile())
      .map((entry) => join(entry.parentPath, entry.name))
      .map((file) => file.slice(join(server.extensions, folder).length + 1));
  });

  after(() => server.stop());

  it('has what runs: every entry and the sandbox engine; and the page that lints link to', () => {
    const needed = ['extension', 'migrator', 'databaseThread', 'cli', 'cli/main'];
    const wanted = [
      ...needed.map((name) => `dist/${name}.js`),
      'dist/sql-wasm.js',
      'dist/sql-wasm.wasm',
      'docs/lint.md',
    ];
    assert.deepEqual(
      wanted.filter((file) => !files.includes(file)),
      [],
    );
  });

  it('has nothing else', () => {
    // VS Code keeps the package's own manifest and gives some files names of its own.
    const allowed =
      /^(\.vsixmanifest|package(\.nls.*)?\.json|readme\.md|changelog\.md|license(\.txt|\.md)?|docs\/\w+\.md|dist\/(cli\/main|\w+)\.(js|wasm)|dist\/sql-wasm\.(js|wasm)|l10n\/[^/]+\.json|media\/[^/]+\.(svg|png))$/i;
    assert.deepEqual(
      files.filter((file) => !allowed.test(file)),
      [],
    );
  });

  it('is served to those only who know the address', async () => {
    const file = `${server.url}/vscode-remote-resource?path=${encodeURIComponent(vsix)}`;
    const known = new URL(server.address()).searchParams.get('tkn')!;
    const status = async (token: string): Promise<number> =>
      (await fetch(`${file}&tkn=${token}`, { redirect: 'manual' })).status;
    assert.deepEqual(
      { none: (await fetch(file)).status, wrong: await status('x'), known: await status(known) },
      { none: 403, wrong: 403, known: 200 },
    );
  });

  it('is smaller than one megabyte', () => {
    assert.ok(statSync(vsix).size < 1_000_000, `${statSync(vsix).size} bytes`);
  });
});
