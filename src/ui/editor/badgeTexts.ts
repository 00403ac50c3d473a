import { oneLine, type Translate } from '../../messages/text';
import type { Project } from '../../workspace/project';

/** A letter beside a file in the explorer. */
export interface BadgeText {
  readonly badge: string;
  readonly tooltip: string;
  readonly isWarning: boolean;
}

/** The badges of all files that have one, by their paths. Where databases differ, a warning wins. */
export function badgeTexts(
  projects: readonly Pick<Project, 'name' | 'state'>[],
  t: Translate,
): ReadonlyMap<string, BadgeText> {
  const pending = new Map<string, string[]>();
  const edited = new Map<string, string[]>();
  const note = (where: Map<string, string[]>, file: string | undefined, name: string): void => {
    if (file !== undefined) {
      where.set(file, [...(where.get(file) ?? []), oneLine(name)]);
    }
  };
  for (const { name, state } of projects) {
    state.status?.pending.forEach(({ file }) => note(pending, file, name));
    state.status?.history
      .filter((entry) => entry.file === 'edited')
      .forEach(({ migration }) => note(edited, migration.file, name));
  }
  const badges = new Map<string, BadgeText>();
  for (const [file, names] of pending) {
    const tooltip = t('Pending in {databases}', { databases: names.join(', ') });
    badges.set(file, { badge: 'P', tooltip, isWarning: false });
  }
  for (const [file, names] of edited) {
    const tooltip = t('Edited after it was applied to {databases}', {
      databases: names.join(', '),
    });
    badges.set(file, { badge: 'E', tooltip, isWarning: true });
  }
  return badges;
}
