import * as vscode from 'vscode';
import type { EngineName } from '../core/connection';
import type { LintLevel } from '../core/lint/rule';
import { type BackupOptions, defaultBackupOptions, type Target } from '../core/model';
import {
  defaultRehearseMaxBytes,
  defaultWaitLimits,
  type FileAccess,
  type RehearseOptions,
  type TransactionMode,
  type WaitLimits,
} from '../core/run/runRequest';
import type { DiscoverRequest } from '../migrator/protocol';
import { type Folder, statedTargets } from './statedTargets';

const section = 'lockstep';

/** The settings as they are now. Nothing is kept, so nothing can be out of date. */
export class Settings {
  /** The workspace folders that are on a disk; SQLite can use no other. */
  get folders(): readonly Folder[] {
    return this.diskFolders.map(({ name, uri }) => ({ name, path: uri.fsPath }));
  }

  /** Where the workspace is searched, and what need not be searched for. */
  get discoverRequest(): DiscoverRequest {
    return {
      roots: this.folders.map(({ path }) => path),
      stated: this.stated,
      exclude: [...new Set(this.diskFolders.flatMap(excluded))],
    };
  }

  /** Entries of `lockstep.databases` that cannot be understood, as `folder name: number`. */
  get invalid(): readonly string[] {
    return this.diskFolders.flatMap((folder) =>
      this.read(folder).invalid.map((number) => `${folder.name}: ${number}`),
    );
  }

  wait(database: string): WaitLimits {
    const config = configuration(database);
    return {
      attemptMs: seconds(config.get('wait.attemptSeconds'), defaultWaitLimits.attemptMs),
      totalMs: seconds(config.get('wait.totalSeconds'), defaultWaitLimits.totalMs),
      staleMs: defaultWaitLimits.staleMs,
    };
  }

  engine(database: string): EngineName | 'auto' {
    const engine = configuration(database).get<string>('engine');
    return engine === 'native' || engine === 'sqljs' ? engine : 'auto';
  }

  transaction(database: string): TransactionMode {
    const mode = configuration(database).get<string>('transaction');
    return mode === 'each' || mode === 'all' ? mode : 'grouped';
  }

  backup(database: string): BackupOptions {
    const config = configuration(database);
    return {
      keep: wholeNumber(config.get('backup.keep')) ?? defaultBackupOptions.keep,
      maxBytes: megabytes(config.get('backup.maxMegabytes'), defaultBackupOptions.maxBytes),
    };
  }

  rehearse(database: string): RehearseOptions {
    const config = configuration(database);
    const mode = config.get<unknown>('rehearse');
    return {
      mode: mode === 'always' || mode === 'never' ? mode : 'auto',
      maxBytes: megabytes(config.get('rehearseMaxMegabytes'), defaultRehearseMaxBytes),
    };
  }

  /** @param file absolute path of a migration */
  lint(rule: string, file: string): LintLevel {
    const level = configuration(file).get<unknown>(`lint.${rule}`);
    return level === 'error' || level === 'info' || level === 'off' ? level : 'warning';
  }

  /**
   * Whether the text of a migration is tried while it is written.
   * @param file its absolute path
   */
  liveCheck(file: string): boolean {
    return configuration(file).get<unknown>('liveCheck') !== false;
  }

  /** What the person allows, and never the workspace. */
  get fileAccess(): FileAccess {
    const allowed = vscode.workspace.getConfiguration(section).inspect('allowOutside')?.globalValue;
    return allowed === true ? 'anywhere' : { folders: this.folders.map(({ path }) => path) };
  }

  private get diskFolders(): readonly vscode.WorkspaceFolder[] {
    return (vscode.workspace.workspaceFolders ?? []).filter(({ uri }) => uri.scheme === 'file');
  }

  private get stated(): readonly Target[] {
    const all = this.diskFolders.flatMap((folder) => this.read(folder).targets);
    return [...new Map(all.map((target) => [JSON.stringify(target), target])).values()];
  }

  private read(folder: vscode.WorkspaceFolder): ReturnType<typeof statedTargets> {
    const value = vscode.workspace.getConfiguration(section, folder.uri).get('databases');
    return statedTargets(value, { name: folder.name, path: folder.uri.fsPath }, this.folders);
  }
}

/** Whether a change of settings can change what a search finds. */
export function affectsDiscovery(event: vscode.ConfigurationChangeEvent): boolean {
  return [`${section}.databases`, `${section}.exclude`, 'files.exclude'].some((name) =>
    event.affectsConfiguration(name),
  );
}

function configuration(database: string): vscode.WorkspaceConfiguration {
  return vscode.workspace.getConfiguration(section, vscode.Uri.file(database));
}

/** The patterns that are switched on in `files.exclude`, and those of `lockstep.exclude`. */
function excluded({ uri }: vscode.WorkspaceFolder): string[] {
  const files = vscode.workspace.getConfiguration('files', uri).get<object>('exclude') ?? {};
  const own = vscode.workspace.getConfiguration(section, uri).get<unknown>('exclude');
  return [
    ...Object.entries(files)
      .filter(([, on]) => on === true)
      .map(([pattern]) => pattern),
    ...(Array.isArray(own) ? own.filter((pattern) => typeof pattern === 'string') : []),
  ];
}

function seconds(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value >= 0 ? value * 1000 : otherwise;
}

function megabytes(value: unknown, otherwise: number): number {
  return typeof value === 'number' && value >= 0 ? value * 1024 * 1024 : otherwise;
}

function wholeNumber(value: unknown): number | undefined {
  return typeof value === 'number' && value >= 0 ? Math.floor(value) : undefined;
}
