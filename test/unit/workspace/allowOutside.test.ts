import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';

describe('the manifest', () => {
  it('lets no workspace decide where migrations may reach', () => {
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as {
      contributes: { configuration: { properties: Record<string, { scope?: string }> } };
    };
    // https://code.visualstudio.com/api/references/contribution-points#Configuration-schema
    const { scope } = contributes.configuration.properties['lockstep.allowOutside'];
    assert.ok(scope === 'machine' || scope === 'application', scope);
  });
});
