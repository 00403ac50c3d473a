import * as vscode from 'vscode';
import { isHistoryKnown, type MigrationRef } from '../../core/model';
import type { Rehearsal } from '../../core/rehearsal/rehearsal';
import { describeError } from '../../messages/describeError';
import { describeCannot, describeLosses, describeVerdict } from '../../messages/rehearsal';
import type { Project } from '../../workspace/project';
import {
  type Action,
  notify,
  showStatusMessage,
  unlessCancelled,
  withDelayedProgress,
} from '../notify';
import { openFailure } from '../openPlace';
import { shortError, withDatabase } from '../presentation/text';
import type { PreviewSubject } from '../preview/preview';
import type { Previews } from '../preview/previews';
import { t } from '../translate';
import type { CommandContext, Runner } from './runner';

/** Shows what pending migrations would do, all or up to one, and offers the next step. */
export async function preview(
  project: Project,
  { previews, runner }: CommandContext,
  migration?: Pick<MigrationRef, 'id'>,
): Promise<void> {
  await saveMigrations(project);
  await project.refresh();
  const { status } = project.state;
  if (status && isHistoryKnown(status) && status.pending.length === 0) {
    return showStatusMessage(t('{database}: nothing is pending', { database: project.name }));
  }
  const goal = migration ? ({ kind: 'to', id: migration.id } as const) : ({ kind: 'all' } as const);
  const subject = { project, direction: 'up', goal } as const;
  const rehearsal = await rehearseWithProgress(project, (token) =>
    project.preview('up', goal, token),
  );
  if (rehearsal) {
    await show(subject, rehearsal, previews, runner);
  }
}

/** Opens what a rehearsal found and says it in short. */
async function show(
  subject: PreviewSubject,
  rehearsal: Rehearsal,
  previews: Previews,
  runner: Runner,
): Promise<void> {
  const { verdict, steps, losses, error } = rehearsal;
  const { project } = subject;
  if (steps.length === 0 && verdict === 'works') {
    return showStatusMessage(t('{database}: nothing is pending', { database: project.name }));
  }
  if (steps.length > 0) {
    await previews.show(subject, rehearsal);
  }
  const deleted = describeLosses(losses, t);
  const parts = [inShort(rehearsal), deleted].filter(Boolean).join(' ');
  const message = withDatabase(project.name, parts, t);
  const advice =
    error && steps.length === 0
      ? describeError(error, t).advice
      : verdict === 'fails'
        ? t('This was found on a copy; nothing was changed.')
        : undefined;
  const severity = verdict === 'fails' ? 'error' : deleted ? 'warning' : 'info';
  notify(severity, { message, advice }, ...nextSteps(subject, rehearsal, runner));
}

function inShort(rehearsal: Rehearsal): string {
  const { verdict, steps, error } = rehearsal;
  if (error && (verdict === 'fails' || steps.length === 0)) {
    return shortError(error, t);
  }
  const stuck = steps.find((step) => step.verdict.kind === 'cannot');
  return stuck?.verdict.kind === 'cannot'
    ? describeCannot({ migration: stuck.migration.id, ...stuck.verdict }, t).message
    : describeVerdict(rehearsal, t);
}

function nextSteps(
  { project, direction, goal }: PreviewSubject,
  { verdict, steps, error, applies }: Rehearsal,
  runner: Runner,
): Action[] {
  if (verdict === 'fails') {
    const working = steps.filter((step) => /^(works|schemaOnly)$/.test(step.verdict.kind)).length;
    const upTo = vscode.workspace.isTrusted ? applies : undefined;
    return [
      ...(error?.place ? [openFailure(error)] : []),
      ...(upTo === undefined ? [] : [runner.applyWorking(project, upTo, working)]),
    ];
  }
  return steps.length > 0 && vscode.workspace.isTrusted
    ? [{ title: t('Migrate'), run: () => runner.run(project, direction, goal) }]
    : [];
}

/**
 * Tries migrations on a copy in front of a person.
 * @returns undefined when it was cancelled
 */
export function rehearseWithProgress(
  { name }: Project,
  rehearse: (token: vscode.CancellationToken) => Promise<Rehearsal>,
): Promise<Rehearsal | undefined> {
  const title = t('Trying migrations on a copy of {database}', { database: name });
  return unlessCancelled(withDelayedProgress({ title, delayMs: 300 }, rehearse));
}

/**
 * Saves what is being written in a project's folders, as VS Code does before it runs a task: a run and
 * a preview read the files. What has been applied stays as it is; it does not run again.
 */
export async function saveMigrations(project: Project): Promise<void> {
  const unsaved = vscode.workspace.textDocuments.filter(
    ({ isDirty, uri }) => isDirty && uri.scheme === 'file' && mayRun(project, uri.fsPath),
  );
  await Promise.all(unsaved.map((document) => document.save()));
}

function mayRun(project: Project, file: string): boolean {
  const role = project.roleOf(file);
  return role !== undefined && role.kind !== 'applied';
}
