import { dirname, join } from 'node:path';
import { numberedName } from '../../core/formats/fileNames';
import type { Direction, MigrationRef } from '../../core/model';
import { sanitizeLine, type Translate } from '../../messages/text';
import type { Project } from '../../workspace/project';
import type { FilePlace, ProjectState } from '../../workspace/projectState';
import { formatDate } from './text';

/** A word above a section of a migration; without a command it only says how things stand. */
interface LensText {
  readonly title: string;
  readonly command?: 'migrateToHere' | 'preview' | 'rollBackToHere' | 'rollBackLast' | 'save';
  readonly migration?: MigrationRef;
}

/**
 * What can be done with a migration, from its way on and its way back.
 *
 * @param can.run whether anything may be run here
 * @param can.use whether the text is the file's; what is not saved would be neither run nor shown
 */
export function lensTexts(
  { status, run }: ProjectState,
  place: FilePlace,
  direction: Direction,
  can: { readonly run: boolean; readonly use: boolean },
  t: Translate,
): LensText[] {
  const canRun = can.run && !run;
  if (place.kind === 'pending') {
    if (direction === 'up' && !can.use) {
      return [{ title: t('Save, to migrate or preview'), command: 'save' }];
    }
    return direction === 'up' ? pending(place.migration, status?.pending ?? [], canRun, t) : [];
  }
  if (place.kind !== 'applied') {
    return [];
  }
  const newer = (status?.history ?? []).indexOf(place.entry);
  const { migration } = place.entry;
  if (direction === 'up') {
    const back = { title: rollBackTo(newer, t), command: 'rollBackToHere', migration } as const;
    return [{ title: applied(place, t) }, ...(canRun && newer > 0 ? [back] : [])];
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

function applied({ entry }: Extract<FilePlace, { kind: 'applied' }>, t: Translate): string {
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

/** What the migration is that a file is part of, and which way the file leads where it is one of two. */
export function migrationOf(
  project: Pick<Project, 'place'>,
  file: string,
): { readonly place: FilePlace; readonly direction: Direction } | undefined {
  const place = project.place(file);
  if (place?.kind !== 'other') {
    return place && { place, direction: 'up' };
  }
  const { id, direction } = numberedName(file) ?? {};
  if (id === undefined || direction !== 'down') {
    return undefined;
  }
  const siblings = [`${id}.sql`, `${id}.up.sql`].map((name) =>
    project.place(join(dirname(file), name)),
  );
  const found = siblings.find((sibling) => sibling && sibling.kind !== 'other');
  return found && { place: found, direction };
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
