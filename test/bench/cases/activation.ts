import { existsSync } from 'node:fs';
import { copySample } from '../../support/copySample';
import { hostPaths } from '../../support/hostPaths';
import { VsCode } from '../../support/vscode';
import { median } from '../measure';
import type { BenchOptions } from '../options';
import { ms, table } from '../table';

/**
 * How long VS Code's other extensions wait for ours: loading the code and calling `activate`, as VS
 * Code itself measures it (Developer: Show Running Extensions).
 */
export async function benchActivation({ turns }: BenchOptions): Promise<void> {
  const vsix = process.env.LOCKSTEP_VSIX;
  if (!vsix || !existsSync(hostPaths.server)) {
    console.log('\nActivation is skipped: no VS Code here (npm test installs one, on Linux x64).');
    return;
  }
  const times: number[] = [];
  const code = await VsCode.start(vsix);
  try {
    for (let turn = 0; turn <= Math.min(turns, 7); turn++) {
      times.push(await activation(code, await copySample('notes')));
    }
  } finally {
    await code.stop();
  }
  const [first, ...later] = times;
  table(
    'Activation in a window, as VS Code measures it',
    ['', 'ms', 'goal'],
    [
      ['the first window after the installation', ms(first), ''],
      ['later windows, median', ms(median(later)), 50],
      ['later windows, longest', ms(Math.max(...later)), ''],
    ],
  );
}

async function activation(code: VsCode, folder: string): Promise<number> {
  const window = await code.open(folder);
  await window.statusText();
  await window.runCommand('Developer: Show Running Extensions');
  const row = window.page.locator('.runtime-extensions-editor .monaco-list-row', {
    hasText: 'Lockstep',
  });
  const said = row.locator('.activation-time');
  await said.filter({ hasText: /\d/ }).first().waitFor();
  const text = await said.first().innerText();
  await code.closeWindows();
  const found = /(\d+)\s*ms/.exec(text)?.[1];
  if (found === undefined) {
    throw new Error(`no time in “${text}”`);
  }
  return Number(found);
}
