import type { Finding } from '../../core/finding';
import type { HistoryEntry } from '../../core/history/historyEntry';
import type { MigrationRef } from '../../core/migration';
import { describeFinding } from '../../messages/describeFinding';
import { duration } from '../../messages/duration';
import { holderName } from '../../messages/holderName';
import { oneLine } from '../../messages/oneLine';
import type { Translate } from '../../messages/translate';
import type { Project } from '../../workspace/project';
import { formatDate, formatDateShort } from '../formatDate';
import { findingIcon, isShownAtMigration, lines } from './problemNodes';
import type { TreeNode } from './treeNode';
import { warningIcon, workingIcon } from './treeNode';

/** A migration that a run would apply. */
export function pendingNode(project: Project, migration: MigrationRef, t: Translate): TreeNode {
  const finding = findingOf(project, migration);
  const working = migration.id === workingOn(project);
  return {
    ...migrationNode(project, migration, 'pending'),
    description: working ? t('running') : finding && oneLine(describeFinding(finding, t).message),
    tooltip: tooltip(migration, [working ? t('Running now') : t('Pending')], finding, t),
    icon: working ? workingIcon : finding ? findingIcon(finding) : { name: 'circle-large-outline' },
    context: 'pending',
  };
}

/** A migration that was applied: when, how long it took, by whom. */
export function appliedNode(project: Project, entry: HistoryEntry, t: Translate): TreeNode {
  const { migration, log, reversible } = entry;
  const finding = findingOf(project, migration);
  const working = migration.id === workingOn(project);
  const how = log && [duration(log.ms, t), holderName(log.holder, t)];
  const state = fileState(entry, t);
  return {
    ...migrationNode(project, migration, 'applied'),
    description: [
      working ? t('rolling back') : state,
      ...(how ? [formatDateShort(log.at), ...how] : [t('time not known')]),
    ]
      .filter(Boolean)
      .join(' · '),
    tooltip: tooltip(
      migration,
      [
        how
          ? t('Applied {details}', { details: [formatDate(log.at), ...how].join(', ') })
          : t('Applied; when and by whom is not known'),
        log ? t('{count} rows changed', { count: log.rows }) : '',
        reversible ? '' : t('Has no way back'),
      ],
      finding,
      t,
    ),
    icon: working ? workingIcon : state ? warningIcon : { name: 'pass' },
    context: reversible ? 'applied.reversible' : 'applied',
  };
}

function migrationNode(
  project: Project,
  migration: MigrationRef,
  list: 'pending' | 'applied',
): Pick<TreeNode, 'id' | 'label' | 'project' | 'migration' | 'opens'> {
  return {
    id: [project.key, list, migration.version, migration.id].join('\n'),
    label: oneLine(shortLabel(migration)),
    project,
    migration,
    opens: migration.file ? { file: migration.file } : undefined,
  };
}

/** A side bar has no room for fourteen digits before the name; the tooltip has the whole. */
function shortLabel({ id, version, name }: MigrationRef): string {
  return version.length > 8 && name ? name : id;
}

function fileState({ file }: HistoryEntry, t: Translate): string {
  switch (file) {
    case 'edited':
      return t('edited since');
    case 'missing':
      return t('file missing');
    default:
      return '';
  }
}

function tooltip(
  migration: MigrationRef,
  facts: readonly string[],
  finding: Finding | undefined,
  t: Translate,
): string {
  return [
    oneLine(migration.id),
    ...facts,
    ...(finding ? [lines(describeFinding(finding, t))] : []),
    oneLine(migration.file ?? '', 4096),
  ]
    .filter(Boolean)
    .join('\n');
}

function findingOf({ state }: Project, { version }: MigrationRef): Finding | undefined {
  return state.status?.findings.find(
    (finding) => isShownAtMigration(finding) && finding.migration?.version === version,
  );
}

/** The migration that this window's run or another's is at. */
function workingOn({ state: { run, lock } }: Project): string | undefined {
  return (
    run?.migration?.id ?? (lock.kind === 'held' ? lock.holder?.progress?.migration : undefined)
  );
}
