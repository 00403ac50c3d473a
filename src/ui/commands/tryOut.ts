import * as vscode from 'vscode';
import { errorInfo } from '../../core/errors';
import type { Rehearsal } from '../../core/rehearsal/rehearsal';
import { inert } from '../inert';
import type { PreviewSubject } from '../preview/preview';
import { t } from '../translate';

/** Most rehearsals are over sooner. */
const patienceMs = 300;

/**
 * Tries migrations in front of a person: with a progress, where it lasts, that can be cancelled.
 *
 * @returns undefined when it was cancelled
 */
export async function tryOut({
  project,
  direction,
  goal,
}: PreviewSubject): Promise<Rehearsal | undefined> {
  const cancellation = new vscode.CancellationTokenSource();
  const trial = project.preview(direction, goal, cancellation.token);
  const over = trial.then(
    () => true,
    () => true,
  );
  const patience = new Promise<boolean>((done) => setTimeout(() => done(false), patienceMs));
  if (!(await Promise.race([over, patience]))) {
    const title = t('Trying migrations on a copy of {database}', { database: inert(project.name) });
    const location = vscode.ProgressLocation.Notification;
    const options = { location, title, cancellable: true };
    void vscode.window.withProgress(options, (_, token) => {
      token.onCancellationRequested(() => cancellation.cancel());
      return over;
    });
  }
  try {
    return await trial;
  } catch (error) {
    if (errorInfo(error).code === 'run.cancelled') {
      return undefined;
    }
    throw error;
  } finally {
    cancellation.dispose();
  }
}
