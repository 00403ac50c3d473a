import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { delimiter, join } from 'node:path';
import { Git } from '../../../../src/migrator/service/git';
import { git, needsGit } from '../../../support/gitRepository';
import { removeFolder, temporaryFolder } from '../../../support/sqliteFiles';

describe('Git', () => {
  const { PATH } = process.env;
  let folder: string;
  beforeEach(() => (folder = temporaryFolder()));
  afterEach(() => {
    process.env.PATH = PATH;
    removeFolder(folder);
  });

  /** As from before there was `GIT_NO_LAZY_FETCH`. */
  function useOldGit(): void {
    const real = execFileSync('sh', ['-c', 'command -v git'], { encoding: 'utf8' }).trim();
    const bin = join(folder, 'bin');
    mkdirSync(bin);
    writeFileSync(join(bin, 'git'), `#!/bin/sh\nunset GIT_NO_LAZY_FETCH\nexec '${real}' "$@"\n`);
    chmodSync(join(bin, 'git'), 0o755);
    process.env.PATH = bin + delimiter + PATH;
  }

  it('runs nothing that a repository names to fetch what it lacks', async function () {
    needsGit(this);
    if (process.platform === 'win32') {
      this.skip();
    }
    const ran = join(folder, 'ran');
    git(folder, 'init', '-q');
    const settings = {
      'core.repositoryFormatVersion': '1',
      'extensions.partialClone': 'origin',
      'remote.origin.promisor': 'true',
      'remote.origin.url': `ext::sh -c touch% ${ran}`,
      'protocol.ext.allow': 'always',
    };
    Object.entries(settings).forEach(([name, value]) => git(folder, 'config', name, value));
    useOldGit();
    const answer = await new Git(folder, 10_000).ask(['cat-file', 'blob', '1'.repeat(40)]);
    assert.equal(answer, undefined);
    assert.equal(existsSync(ran), false);
  });
});
