import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { markApplied } from '../../src/ui/drift/markApplied';
import type { Project } from '../../src/workspace/project';

describe('marking as applied', () => {
  const { showInformationMessage } = vscode.window;
  afterEach(() => Object.assign(vscode.window, { showInformationMessage }));

  it('records nothing beside a run that was started while it asked', async () => {
    const migration = { id: '001_a', version: '001', name: 'a' };
    let recorded = 0;
    const project = {
      name: 'app.db',
      isRunning: false,
      refresh: () => Promise.resolve(),
      state: { status: { pending: [migration] } },
      drift: {
        compareSchema: () =>
          Promise.resolve({ record: [migration], verdict: 'same', extra: [], unknown: [] }),
        markApplied: () => {
          recorded++;
          return Promise.resolve({ outcome: 'done', marked: [migration], alreadyApplied: [] });
        },
      },
    };
    const said: string[] = [];
    const answer = (starts: boolean) => ({
      showInformationMessage: (message: string, ...more: unknown[]) => {
        said.push(message);
        project.isRunning ||= starts;
        return Promise.resolve(said.length % 2 === 1 ? more.at(-1) : undefined);
      },
    });
    const mark = (): Promise<void> =>
      markApplied(
        project as unknown as Project,
        undefined as never,
        { writeLine: () => undefined, show: () => undefined } as never,
        migration,
      );
    Object.assign(vscode.window, answer(false));
    await mark();
    assert.equal(recorded, 1, said.join('\n'));
    Object.assign(vscode.window, answer(true));
    await mark();
    assert.equal(recorded, 1, said.join('\n'));
    assert.match(said[3], /already/);
  });
});
