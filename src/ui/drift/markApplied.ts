import * as vscode from 'vscode';
import type { SchemaComparison } from '../../core/drift';
import type { Goal, MigrationRef } from '../../core/model';
import { describeComparison, describeMark } from '../../messages/drift';
import { sanitizeLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { pickPending } from '../commands/pick';
import { isBusy } from '../commands/runner';
import type { Log } from '../log';
import { notify, showStatusMessage, unlessCancelled, withDelayedProgress } from '../notify';
import { nameLines, withDatabase } from '../presentation/text';
import { t } from '../translate';
import type { DriftDocuments } from './driftDocuments';

/**
 * Records pending migrations as applied without running them, after it has said whether the database
 * has what they make.
 *
 * @param migration the last one; the person picks it where no view gave it
 */
export async function markApplied(
  project: Project,
  documents: DriftDocuments,
  log: Log,
  migration?: MigrationRef,
): Promise<void> {
  await project.refresh();
  const last = migration ?? (await pickLast(project));
  if (!last) {
    return;
  }
  const comparison = await compare(project, { kind: 'to', id: last.id });
  if (!comparison) {
    return;
  }
  if (comparison.record.length === 0) {
    return showStatusMessage(t('{database}: nothing is pending', { database: project.name }));
  }
  const record = (): Promise<void> => mark(project, log, comparison.record);
  const answer = await ask(project, comparison);
  if (answer === 'mark') {
    await record();
  } else if (answer === 'show') {
    await showComparison(project, documents, comparison);
    const said = describeComparison(comparison, t);
    const message = withDatabase(project.name, said.message, t);
    notify('warning', { message }, { title: t('Mark as Applied Anyway'), run: record });
  }
}

function pickLast(project: Project): Promise<MigrationRef | undefined> {
  return pickPending(project, {
    title: t('Mark as Applied in {database}, Up To', { database: project.name }),
    placeHolder: t('The last migration whose work the database has already; none of them is run'),
    lastFirst: true,
    describe: (count) =>
      count === 1 ? t('records this one') : t('records {count} migrations', { count }),
  });
}

/** @returns undefined when it was cancelled */
function compare(project: Project, goal: Goal): Promise<SchemaComparison | undefined> {
  const title = t('Comparing {database} with what its migrations make', { database: project.name });
  return unlessCancelled(
    withDelayedProgress({ title, delayMs: 1000 }, (token) =>
      project.drift.compareSchema(goal, token),
    ),
  );
}

async function ask(
  project: Project,
  comparison: SchemaComparison,
): Promise<'mark' | 'show' | undefined> {
  const { record, verdict } = comparison;
  const said = describeComparison(comparison, t);
  const fits = verdict === 'same' || verdict === 'more';
  const question =
    record.length === 1
      ? t('Record {migration} as applied in {database} without running it?', {
          migration: sanitizeLine(record[0].id),
          database: project.name,
        })
      : t('Record {count} migrations as applied in {database} without running them?', {
          count: record.length,
          database: project.name,
        });
  const detail = [
    ...nameLines(record, t),
    said.message,
    ...(said.detail ? [said.detail] : []),
    t('The data in it was not compared.'),
  ].join('\n');
  const yes = fits ? t('Mark as Applied') : t('Mark as Applied Anyway');
  const show = t('Show Differences');
  const options = { modal: true, detail };
  // The differences come first: whoever records them should have seen them.
  const chosen = fits
    ? await vscode.window.showInformationMessage(question, options, yes)
    : await vscode.window.showWarningMessage(
        question,
        options,
        ...(verdict === 'differs' ? [show] : []),
        yes,
      );
  return chosen === yes ? 'mark' : chosen === show ? 'show' : undefined;
}

async function showComparison(
  project: Project,
  documents: DriftDocuments,
  { expected, actual }: SchemaComparison,
): Promise<void> {
  const database = sanitizeLine(project.name, 100);
  const left = documents.put('schema', t('{database} as its migrations make it', { database }), {
    text: expected,
    project,
  });
  const right = documents.put('schema', t('{database} as it is', { database }), {
    text: actual,
    project,
  });
  const title = t('{database}: as its migrations make it ↔ as it is', { database });
  await vscode.commands.executeCommand('vscode.diff', left, right, title);
}

async function mark(project: Project, log: Log, record: readonly MigrationRef[]): Promise<void> {
  // A question can stay open for long, and the button of a message for hours.
  if (isBusy(project)) {
    return;
  }
  const result = await project.drift.markApplied(record.map(({ version }) => version));
  const line = describeMark(result, t);
  log.writeLine(project.name, line);
  const { level, advice, detail } = line;
  const message = withDatabase(project.name, line.message, t);
  const showLog = { title: t('Show Log'), run: () => log.show() };
  if (level === 'error') {
    return notify('error', { message, advice }, showLog);
  }
  notify(level === 'warning' ? 'warning' : 'info', { message, advice: detail });
}
