import assert from 'node:assert/strict';
import { RunLog } from '../../src/ui/log';
import type { ProjectState } from '../../src/workspace/projectState';

describe('the log of runs', () => {
  it('says of a rollback that did nothing what was asked for', () => {
    const lines: string[] = [];
    let changed = (_project: unknown): void => undefined;
    const log = new RunLog(
      {
        search: {},
        onRunEvent: () => ({ dispose: () => undefined }),
        onDidChange: (listener: typeof changed) => {
          changed = listener;
          return { dispose: () => undefined };
        },
      } as never,
      {
        writeLine: (_name: string, line: { message: string }) => lines.push(line.message),
      } as never,
    );
    const project = { name: 'app.db', state: {} };
    const show = (state: Partial<ProjectState>): void => changed(Object.assign(project, { state }));
    const none = { applied: [], alreadyApplied: [], remaining: [], findings: [], ms: 1 };
    show({ run: { direction: 'down', startedAt: 0 } });
    show({ lastResult: { ...none, outcome: 'done' } });
    show({ run: { direction: 'up', startedAt: 0 } });
    show({ lastResult: { ...none, outcome: 'done' } });
    log.dispose();
    assert.equal(lines[0], 'Nothing to roll back.');
    assert.match(lines[1], /^Nothing to apply/);
  });
});
