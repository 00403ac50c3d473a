import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { LockstepError } from '../../src/core/errors';
import { registerCommands } from '../../src/ui/commands/registerCommands';
import type { PreviewSubject } from '../../src/ui/preview/preview';
import { Project } from '../../src/workspace/project';
import type { ProjectRegistry } from '../../src/workspace/projectRegistry';

describe('commands that are given a project', () => {
  const { registerCommand } = vscode.commands;
  const { setStatusBarMessage, showInformationMessage } = vscode.window;
  let commands: Map<string, (argument?: unknown) => unknown>;
  let registry: { projects: Project[] };
  let asked: string[];
  let registered: vscode.Disposable;
  let previewed: PreviewSubject | undefined;

  beforeEach(() => {
    commands = new Map();
    registry = { projects: [] };
    asked = [];
    previewed = undefined;
    Object.assign(vscode.commands, {
      registerCommand: (name: string, run: (argument?: unknown) => unknown) => {
        commands.set(name, run);
        return { dispose: () => undefined };
      },
    });
    const log = { writeLine: () => undefined, write: () => undefined, show: () => undefined };
    registered = registerCommands(
      registry as unknown as ProjectRegistry,
      log as never,
      { subjectOf: () => previewed } as never,
      { showAllOf: ({ name }) => asked.push(`show all of ${name}`) },
    );
  });
  afterEach(() => {
    Object.assign(vscode.commands, { registerCommand });
    Object.assign(vscode.window, { setStatusBarMessage, showInformationMessage });
    registered.dispose();
    registry.projects.forEach((project) => project.dispose());
  });

  /** A project whose database is asked for its backups, or whose run is ended. */
  function project(name: string): Project {
    const target = { database: `/${name}`, folders: ['/migrations'], format: 'plain' } as const;
    const migrator = {
      ask: (operation: string) => {
        asked.push(`${operation} of ${name}`);
        return Promise.resolve([]);
      },
    };
    const made = new Project(migrator as never, {} as never, { ...target, because: 'neighbour' });
    return Object.assign(made, { cancel: () => asked.push(`cancel ${name}`) });
  }
  const run = (name: string, argument?: unknown): unknown =>
    commands.get(`lockstep.${name}`)!(argument);

  it('are about no other one when theirs has gone, though it is the only one left', async () => {
    const gone = project('gone.db');
    registry.projects = [project('other.db')];
    await run('restoreBackup', { project: gone });
    assert.deepEqual(asked, []);
    await run('restoreBackup');
    assert.deepEqual(asked, ['backups of other.db']);
  });

  it('are about the one that came back in its place', async () => {
    registry.projects = [project('other.db'), project('app.db')];
    await run('restoreBackup', { project: project('app.db') });
    assert.deepEqual(asked, ['backups of app.db']);
  });

  it('cancel its run and no other; without one, all', () => {
    registry.projects = [project('one.db'), project('two.db')];
    run('cancel', { project: registry.projects[1] });
    assert.deepEqual(asked, ['cancel two.db']);
    run('cancel');
    assert.deepEqual(asked.slice(1), ['cancel one.db', 'cancel two.db']);
  });

  it('are about the database for which a file that several share was edited', async () => {
    const file = '/migrations/001_a.sql';
    const sharing = (name: string, state: string): Project => {
      const migration = { version: '001', id: '001_a', name: 'a', file };
      const made = project(name);
      const role = { kind: 'applied', entry: { migration, file: state, reversible: true } };
      Object.assign(made, { roleOf: () => role });
      return Object.assign(made, { refresh: () => Promise.resolve(asked.push(name)) });
    };
    const projects = [sharing('one.db', 'unchanged'), sharing('two.db', 'edited')];
    Object.assign(registry, { projects, projectsOf: () => projects });
    await run('showChanged', vscode.Uri.file(file));
    assert.deepEqual(asked, ['two.db']);
  });

  it('do not say that there is nothing where nothing could be seen', async () => {
    const busy = project('busy.db');
    const status = { look: { state: 'busy' }, history: [], pending: [], findings: [] };
    Object.defineProperty(busy, 'state', { value: { target: busy.state.target, status } });
    Object.assign(busy, {
      refresh: () => Promise.resolve(),
      preview: () => Promise.reject(new LockstepError('run.cancelled', {})),
    });
    Object.assign(vscode.window, {
      setStatusBarMessage: (message: string) => asked.push(message),
    });
    registry.projects = [busy];
    for (const name of ['rollBackLast', 'rollBackMissing', 'migrateUpTo']) {
      await run(name);
      assert.match(asked.pop() ?? '', /busy\.db: what is applied cannot be read now/, name);
      assert.deepEqual(asked, [], name);
    }
    await run('preview');
    assert.deepEqual(asked, [], 'tried all the same');
  });

  it('create no database unasked, also from a preview', async () => {
    const created = project('new.db');
    Object.assign(created, {
      run: () => {
        asked.push('run');
        return Promise.resolve({ outcome: 'cancelled', applied: [], remaining: [] });
      },
    });
    Object.defineProperty(created, 'state', {
      value: { target: created.state.target, status: { look: { state: 'missing' } } },
    });
    let answer = (_buttons: string[]): string | undefined => undefined;
    Object.assign(vscode.window, {
      showInformationMessage: (message: string, _options: unknown, ...buttons: string[]) => {
        asked.push(message);
        return Promise.resolve(answer(buttons));
      },
    });
    registry.projects = [created];
    previewed = { project: created, direction: 'up', goal: { kind: 'all' } };
    const uri = vscode.Uri.parse('lockstep-preview:/new.db/after.sql');
    await run('runPreviewed', uri);
    assert.deepEqual(asked, ['Create the database new.db?']);
    answer = ([yes]) => yes;
    await run('runPreviewed', uri);
    assert.equal(asked.at(-1), 'run');
  });
});
