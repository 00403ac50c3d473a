import * as vscode from 'vscode';
import type { MigrationRef } from '../../core/model';
import { oneLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { inert } from '../inert';
import { mention } from '../notify';
import { t } from '../translate';
import { isUnknown } from './isUnknown';

interface Words {
  readonly title: string;
  readonly placeHolder: string;
  /** Where all of them is what most people mean. */
  readonly lastFirst?: boolean;
  /** What it comes to where so many are meant. */
  describe(count: number): string;
}

/** Lets the person choose up to which pending migration something is meant; says so where none is. */
export async function pickPending(
  project: Project,
  { describe, lastFirst, ...words }: Words,
): Promise<MigrationRef | undefined> {
  if (isUnknown(project)) {
    return undefined;
  }
  const pending = project.state.status?.pending ?? [];
  if (pending.length === 0) {
    mention(t('{database}: nothing is pending', { database: project.name }));
    return undefined;
  }
  const items = pending.map((migration, index) => ({
    label: inert(oneLine(migration.id)),
    description: describe(index + 1),
    migration,
  }));
  const shown = lastFirst ? items.reverse() : items;
  return (await vscode.window.showQuickPick(shown, words))?.migration;
}
