import { backupsCommand } from './backupsCommand';
import type { Command } from './context';
import { lockCommand } from './lockCommand';
import { markAppliedCommand } from './markAppliedCommand';
import { newCommand } from './newCommand';
import type { CommandName } from './options';
import { previewCommand } from './previewCommand';
import { resolveCommand } from './resolveCommand';
import { restoreCommand } from './restoreCommand';
import { runCommand } from './runCommand';
import { statusCommand } from './statusCommand';

/** What the terminal can do. */
export const commands: Readonly<Record<CommandName, Command>> = {
  status: statusCommand,
  preview: previewCommand,
  migrate: runCommand('up'),
  rollback: runCommand('down'),
  'mark-applied': markAppliedCommand,
  new: newCommand,
  lock: lockCommand,
  resolve: resolveCommand,
  backups: backupsCommand,
  restore: restoreCommand,
};
