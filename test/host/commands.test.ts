import assert from 'node:assert/strict';
import * as vscode from 'vscode';

interface Manifest {
  readonly contributes?: { readonly commands?: readonly { readonly command: string }[] };
}

/** VS Code registers commands of its own for what an extension contributes: focus, open, reset, … */
const generated = /\.(focus|open|resetViewLocation|removeView|toggleVisibility)$/;

describe('the extension in an empty window', () => {
  const extension = vscode.extensions.getExtension('lockstep.lockstep')!;
  const contributed = ((extension.packageJSON as Manifest).contributes?.commands ?? []).map(
    ({ command }) => command,
  );

  it('activates', async () => {
    await extension.activate();
    assert.equal(extension.isActive, true);
  });

  it('registers exactly the commands it contributes', async () => {
    const registered = (await vscode.commands.getCommands(true)).filter(
      (command) => command.startsWith('lockstep.') && !generated.test(command),
    );
    assert.deepEqual(registered.sort(), [...contributed].sort());
    assert.ok(contributed.length > 0);
  });

  for (const command of contributed) {
    it(`${command} does not throw`, async () => {
      let settled = false;
      const running = vscode.commands.executeCommand(command);
      void running.then(
        () => (settled = true),
        () => (settled = true),
      );
      while (!settled) {
        // Whatever it asks, the answer is none.
        await vscode.commands.executeCommand('workbench.action.closeQuickOpen');
        await vscode.commands.executeCommand('notifications.clearAll');
      }
      await running;
    });
  }
});
