import { join } from 'node:path';
import * as vscode from 'vscode';
import type { MigratorClient } from '../../../src/migrator/client';
import { startMigrator } from '../../support/startMigrator';

/** The migrator of the extension that this VS Code runs. */
export function hostMigrator(): MigratorClient {
  const { extensionPath } = vscode.extensions.getExtension('lockstep.lockstep')!;
  return startMigrator(join(extensionPath, 'dist', 'migrator.js'));
}
