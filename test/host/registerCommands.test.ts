import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { registerCommands } from '../../src/ui/commands/registerCommands';
import { Project } from '../../src/workspace/project';
import type { ProjectRegistry } from '../../src/workspace/projectRegistry';

describe('commands that are given a project', () => {
  const { registerCommand } = vscode.commands;
  let commands: Map<string, (argument?: unknown) => unknown>;
  let registry: { projects: Project[] };
  let asked: string[];
  let registered: vscode.Disposable;

  beforeEach(() => {
    commands = new Map();
    registry = { projects: [] };
    asked = [];
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
      { subjectOf: () => undefined } as never,
      { showAllOf: ({ name }) => asked.push(`show all of ${name}`) },
    );
  });
  afterEach(() => {
    Object.assign(vscode.commands, { registerCommand });
    registered.dispose();
    registry.projects.forEach((project) => project.dispose());
  });

  /** A project whose database is asked for its backups, or whose run is ended. */
  function project(name: string): Project {
    const target = { database: `/${name}`, folders: ['/migrations'], format: 'plain' } as const;
    const migrator = {
      backups: () => {
        asked.push(`backups of ${name}`);
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
});
