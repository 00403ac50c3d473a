import * as vscode from 'vscode';
import type { NewMigrationResult } from '../../migrator/newMigration';
import { openPlace } from '../openPlace';
import { t } from '../translate';

/** Asks for a name, creates the migration's files and opens the first where typing starts. */
export async function newMigration(
  create: (name: string) => Promise<NewMigrationResult>,
  database: string,
): Promise<void> {
  const name = await vscode.window.showInputBox({
    title: t('New Migration for {database}', { database }),
    prompt: t('What it does, in a few words; the number is added'),
    placeHolder: t('add users table'),
    validateInput: (value) => (value.trim() === '' ? t('A migration needs a name') : undefined),
  });
  if (name === undefined) {
    return;
  }
  const { files, line, column } = await create(name.trim());
  if (files[0]) {
    await openPlace({ file: files[0], line, column });
  }
}
