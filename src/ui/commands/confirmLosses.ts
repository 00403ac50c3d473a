import * as vscode from 'vscode';
import type { Losses } from '../../core/rehearsal/rehearsal';
import { describeLosses } from '../../messages/rehearsal';
import { choose } from '../notify';
import type { PreviewSubject } from '../preview/preview';
import { t } from '../translate';
import { backupNote } from './backupNote';

/** Asks about what a run would delete, which was found out just now. */
export async function confirmLosses(
  { project, direction, goal }: PreviewSubject,
  losses: Losses,
): Promise<boolean> {
  const args = { database: project.name, losses: describeLosses(losses, t) ?? '' };
  const isUp = direction === 'up';
  const message = isUp
    ? t('Migrate {database}? {losses}', args)
    : t('Roll back {database}? {losses}', args);
  const found = t('This was found on a copy; nothing was changed.');
  const detail = `${found}\n${backupNote(project)}`;
  const yes = isUp ? t('Migrate') : t('Roll Back');
  const show = isUp ? [t('Preview')] : [];
  const chosen = await choose('warning', message, detail, yes, ...show);
  if (chosen !== undefined && chosen === show[0]) {
    const migration = goal.kind === 'to' ? { id: goal.id } : undefined;
    await vscode.commands.executeCommand('lockstep.preview', { project, migration });
  }
  return chosen === yes;
}
