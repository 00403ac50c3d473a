import * as vscode from 'vscode';
import { oneLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { mention } from '../notify';
import { t } from '../translate';
import { restoreBackup } from './restoreBackup';
import type { Runner } from './runner';

type Decision = 'retry' | 'markApplied' | 'restore';

/** Lets the person decide about a step that ran outside a transaction and did not end. */
export async function resolveInterrupted(
  project: Project,
  runner: Runner,
  decided?: Decision,
): Promise<void> {
  await project.refresh();
  const mark = project.state.status?.mark;
  if (!mark?.orphaned) {
    return mention(t('{database}: no migration was interrupted', { database: project.name }));
  }
  const decision = decided ?? (await pickDecision(oneLine(mark.migration.id), mark));
  if (!decision) {
    return;
  }
  if (decision === 'restore') {
    return restoreBackup(project, runner);
  }
  await project.resolveInterrupted(decision);
  if (decision === 'retry') {
    await runner.run(project, mark.direction, { kind: 'to', id: mark.migration.id });
  }
}

async function pickDecision(
  migration: string,
  { statement, statements }: { statement: number; statements: number },
): Promise<Decision | undefined> {
  const items: (vscode.QuickPickItem & { decision: Decision })[] = [
    {
      label: t('Retry'),
      detail:
        statements === 1
          ? t('Run its statement again.')
          : t('Run all {count} statements again, from the first.', { count: statements }),
      decision: 'retry',
    },
    {
      label: t('Mark as Applied'),
      detail: t('Record it as done; run nothing of it any more.'),
      decision: 'markApplied',
    },
    {
      label: t('Restore Backup…'),
      detail: t('Make the database again what it was before; what it left is gone then.'),
      decision: 'restore',
    },
  ];
  const picked = await vscode.window.showQuickPick(items, {
    title: t('{migration} was interrupted at statement {statement} of {statements}', {
      migration,
      statement,
      statements,
    }),
    placeHolder: t('Look at what it left in the database, then decide'),
  });
  return picked?.decision;
}
