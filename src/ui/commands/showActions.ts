import * as vscode from 'vscode';
import type { HistoryEntry } from '../../core/model';
import type { Project } from '../../workspace/project';
import { condition } from '../../workspace/projectState';
import { conditionText } from '../presentation/conditionText';
import { t } from '../translate';

interface Item extends vscode.QuickPickItem {
  readonly command: string;
}

/** What a click on the status bar offers: what makes sense now first. */
export async function showActions(project: Project): Promise<void> {
  const { text } = conditionText(condition(project.state), t);
  const picked = await vscode.window.showQuickPick(items(project), {
    title: `${project.name}: ${text}`,
    placeHolder: t('What to do?'),
  });
  if (picked) {
    await vscode.commands.executeCommand(picked.command, { project });
  }
}

function items(project: Project): Item[] {
  const { state } = project;
  const now = condition(state).kind;
  const pending = state.status?.pending.length ?? 0;
  const isTrusted = vscode.workspace.isTrusted;
  const has = (wanted: HistoryEntry['file']): boolean =>
    state.status?.history.some(({ file }) => file === wanted) ?? false;
  const all: (Item | false)[] = [
    project.isRunning && item('debug-stop', t('Cancel Run'), 'cancel'),
    isTrusted &&
      now === 'interrupted' &&
      item('warning', t('Resolve Interrupted Migration…'), 'resolveInterrupted'),
    isTrusted &&
      pending > 0 &&
      item('play', t('Migrate'), 'migrate', t('{count} pending', { count: pending })),
    pending > 0 && item('open-preview', t('Preview Pending Migrations'), 'preview'),
    isTrusted && pending > 1 && item('run-above', t('Migrate Up To…'), 'migrateUpTo'),
    isTrusted && item('add', t('New Migration…'), 'newMigration'),
    isTrusted &&
      (state.status?.history.length ?? 0) > 0 &&
      item('discard', t('Roll Back Last Migration'), 'rollBackLast'),
    isTrusted &&
      has('missing') &&
      item('discard', t('Roll Back What Is Not Here…'), 'rollBackMissing'),
    isTrusted && has('missing') && item('new-file', t('Restore a Missing File…'), 'restoreFile'),
    has('edited') && item('diff', t('Show What Changed'), 'showChanged'),
    isTrusted && pending > 0 && item('check', t('Mark as Applied…'), 'markApplied'),
    item('lock', t('Show Lock Holder'), 'showLockHolder'),
    isTrusted &&
      (now === 'locked' || now === 'stale') &&
      item('unlock', t('Break Lock…'), 'breakLock'),
    !isTrusted && item('shield', t('Manage Workspace Trust'), 'manageTrust'),
    item('list-tree', t('Show Databases and Migrations'), 'focusView'),
    item('output', t('Show Log'), 'showLog'),
    item('gear', t('Open Settings'), 'openSettings'),
  ];
  return all.filter((entry) => entry !== false);
}

function item(icon: string, label: string, name: string, description?: string): Item {
  return { label: `$(${icon}) ${label}`, description, command: commandId(name) };
}

function commandId(name: string): string {
  switch (name) {
    case 'manageTrust':
      return 'workbench.trust.manage';
    case 'focusView':
      return 'lockstep.databases.focus';
    default:
      return `lockstep.${name}`;
  }
}
