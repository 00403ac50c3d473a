import { dirname, join } from 'node:path';
import { numberedName } from '../../core/formats/fileNames';
import type { Direction, MigrationRef } from '../../core/model';
import { sanitizeLine, type Translate } from '../../messages/text';
import type { Project } from '../../workspace/project';
import type { FileRole, ProjectState } from '../../workspace/projectState';
import { formatDate } from './text';

/** What stands above a section of a migration; without a command it only says what state it is in. */
interface LensText {
  readonly title: string;
  readonly command?: 'migrateToHere' | 'preview' | 'rollBackToHere' | 'rollBackLast' | 'save';
  readonly migration?: MigrationRef;
}

/**
 * What can be done with a migration, for above its up or its down section.
 *
 * @param can.run whether anything may be run here
 * @param can.use whether the text is the file's; what is not saved would be neither run nor shown
 */
export function lensTexts(
  { status, run }: ProjectState,
  role: FileRole,
  direction: Direction,
  can: { readonly run: boolean; readonly use: boolean },
  t: Translate,
): LensText[] {
  const canRun = can.run && !run;
  if (role.kind === 'pending') {
    if (direction === 'up' && !can.use) {
      return [{ title: t('Save, to migrate or preview'), command: 'save' }];
    }
    return direction === 'up' ? pending(role.migration, status?.pending ?? [], canRun, t) : [];
  }
  if (role.kind !== 'applied') {
    return [];
  }
  const newer = (status?.history ?? []).indexOf(role.entry);
  const { migration } = role.entry;
  if (direction === 'up') {
    const back = { title: rollBackTo(newer, t), command: 'rollBackToHere', migration } as const;
    return [{ title: applied(role, t) }, ...(canRun && newer > 0 ? [back] : [])];
  }
  if (!canRun || newer < 0) {
    return [];
  }
  const older = status?.history[newer + 1]?.migration;
  if (newer === 0) {
    return [{ title: t('Roll back'), command: 'rollBackLast' }];
  }
  const title =
    newer === 1
      ? t('Roll back, with 1 newer')
      : t('Roll back, with {count} newer', { count: newer });
  return older ? [{ title, command: 'rollBackToHere', migration: older }] : [];
}

function pending(
  migration: MigrationRef,
  all: readonly MigrationRef[],
  canRun: boolean,
  t: Translate,
): LensText[] {
  const before = all.findIndex(({ id }) => id === migration.id);
  const title =
    before < 1
      ? t('Migrate up to here')
      : t('Migrate up to here ({count} migrations)', { count: before + 1 });
  return [
    ...(canRun ? [{ title, command: 'migrateToHere', migration } as const] : []),
    { title: t('Preview'), command: 'preview', migration },
  ];
}

function applied({ entry }: Extract<FileRole, { kind: 'applied' }>, t: Translate): string {
  const date = entry.log && formatDate(entry.log.at);
  if (entry.file === 'edited') {
    return date ? t('Applied {date}, edited since', { date }) : t('Applied, edited since');
  }
  return date ? t('Applied {date}', { date }) : t('Applied');
}

function rollBackTo(newer: number, t: Translate): string {
  return newer === 1
    ? t('Roll back to here (undoes 1 newer)')
    : t('Roll back to here (undoes {count} newer)', { count: newer });
}

/** The migration that a file is part of, and its direction where up and down are in files of their own. */
export function migrationOf(
  project: Pick<Project, 'roleOf'>,
  file: string,
): { readonly role: FileRole; readonly direction: Direction } | undefined {
  const role = project.roleOf(file);
  if (role?.kind !== 'other') {
    return role && { role, direction: 'up' };
  }
  const { id, direction } = numberedName(file) ?? {};
  if (id === undefined || direction !== 'down') {
    return undefined;
  }
  const siblings = [`${id}.sql`, `${id}.up.sql`].map((name) =>
    project.roleOf(join(dirname(file), name)),
  );
  const found = siblings.find((sibling) => sibling && sibling.kind !== 'other');
  return found && { role: found, direction };
}

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
      where.set(file, [...(where.get(file) ?? []), sanitizeLine(name)]);
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
