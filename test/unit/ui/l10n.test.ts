import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';

describe('what can be translated', () => {
  it('is all in the bundle', () => {
    const { status, stderr } = spawnSync(process.execPath, ['scripts/l10n.mjs', '--check']);
    assert.equal(status, 0, String(stderr));
  });

  it('has a sentence for each placeholder of the manifest, and no other', () => {
    const manifest = readFileSync('package.json', 'utf8');
    const used = [...manifest.matchAll(/"%([\w.-]+)%"/g)].map(([, name]) => name);
    const known = Object.keys(JSON.parse(readFileSync('package.nls.json', 'utf8')) as object);
    assert.deepEqual([...new Set(used)].sort(), known.sort());
  });
});
