import type { MissingFile } from '../../core/drift';
import type { ErrorInfo } from '../../core/errors';
import type { Finding, HistoryEntry, MigrationRef } from '../../core/model';
import { describeError } from '../../messages/describeError';
import { describeFinding, describeMissingFile } from '../../messages/drift';
import { holderName } from '../../messages/holder';
import { describeResult } from '../../messages/run';
import { duration, sanitizeLine, type Sentence, type Translate } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { condition } from '../../workspace/projectState';
import { formatDate, formatDateShort, shortError } from './text';
import { errorIcon, type TreeIcon, type TreeNode, warningIcon, workingIcon } from './treeNode';

/** A migration that a run would apply. */
export function pendingNode(project: Project, migration: MigrationRef, t: Translate): TreeNode {
  const finding = findingOf(project, migration);
  const working = migration.id === workingOn(project);
  return {
    ...migrationNode(project, migration, 'pending'),
    description: working ? t('running') : finding && shortFinding(finding, t),
    tooltip: tooltip(migration, [working ? t('Running now') : t('Pending')], finding, t),
    icon: working ? workingIcon : finding ? findingIcon(finding) : { name: 'circle-large-outline' },
    context: 'pending',
  };
}

/** What stands beside the migration's own name. */
function shortFinding(finding: Finding, t: Translate): string {
  const { newest } = finding.params;
  return finding.code === 'outOfOrder' && newest !== undefined
    ? t('older than {newest}, which is applied', { newest: sanitizeLine(String(newest)) })
    : sanitizeLine(describeFinding(finding, t).message);
}

/** A migration that was applied: when, how long it took, by whom. */
export function appliedNode(project: Project, entry: HistoryEntry, t: Translate): TreeNode {
  const { migration, log, reversible } = entry;
  const finding = findingOf(project, migration);
  const working = migration.id === workingOn(project);
  const how = log && [
    log.marked ? t('marked as applied') : duration(log.ms, t),
    holderName(log.holder, t),
  ];
  const missing = whereIs(project, entry);
  const state = fileState(entry, missing, t);
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
        log && !log.marked ? rowsChanged(log.rows, t) : '',
        ...(missing ? locationsOf(missing, t) : []),
        log?.accepted
          ? t('A change of its file was accepted {date}', { date: formatDate(log.accepted) })
          : '',
        reversible ? '' : t('Has no down migration'),
      ],
      finding,
      t,
    ),
    icon: working ? workingIcon : state ? warningIcon : { name: 'pass' },
    context: `applied${reversible ? '.reversible' : ''}${entry.file === 'edited' || entry.file === 'missing' ? `.${entry.file}` : ''}`,
  };
}

function rowsChanged(count: number, t: Translate): string {
  return count === 1 ? t('1 row changed') : t('{count} rows changed', { count });
}

function migrationNode(
  project: Project,
  migration: MigrationRef,
  list: 'pending' | 'applied',
): Pick<TreeNode, 'id' | 'label' | 'project' | 'migration' | 'opens'> {
  // Two folders can hold files of one name; VS Code shows none of a list where two have one id.
  const which = list === 'pending' ? (migration.file ?? migration.id) : migration.id;
  return {
    id: [project.key, list, migration.version, which].join('\n'),
    label: sanitizeLine(shortLabel(migration)),
    project,
    migration,
    opens: migration.file ? { file: migration.file } : undefined,
  };
}

/** A side bar has no room for fourteen digits before the name; the tooltip has the whole. */
function shortLabel({ id, version, name }: MigrationRef): string {
  return version.length > 8 && name ? name : id;
}

/** Where a missing file is, as far as that was found out. */
function whereIs({ state }: Project, entry: HistoryEntry): MissingFile | undefined {
  const { version } = entry.migration;
  return entry.file === 'missing'
    ? state.missingFiles?.files.find((missing) => missing.version === version)
    : undefined;
}

function locationsOf(missing: MissingFile, t: Translate): string[] {
  const where = describeMissingFile(missing, t);
  return where ? [t('Its file is {where}', { where })] : [];
}

/** What is wrong with its file; the place first, since the line is cut where the view ends. */
function fileState({ file }: HistoryEntry, missing: MissingFile | undefined, t: Translate): string {
  switch (file) {
    case 'edited':
      return t('edited since');
    case 'missing':
      return missing?.branches[0] === undefined
        ? t('file missing')
        : t('on {branch}, not here', { branch: sanitizeLine(missing.branches[0], 80) });
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
    sanitizeLine(migration.id),
    ...facts,
    ...(finding ? [lines(describeFinding(finding, t))] : []),
    sanitizeLine(migration.file ?? '', 4096),
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

/** What a person should know or decide before anything else, each on a line of its own. */
export function problemNodes(project: Project, t: Translate): TreeNode[] {
  return [
    ...conditionNodes(project, t),
    ...(project.state.status?.findings ?? [])
      .filter((finding) => !isShownAtMigration(finding))
      .map((finding, index) => findingNode(project, finding, index, t)),
  ];
}

/** Findings about one migration stand at that migration, unless they keep everything from running. */
function isShownAtMigration({ migration, severity }: Finding): boolean {
  return migration !== undefined && severity !== 'refuse';
}

function conditionNodes(project: Project, t: Translate): TreeNode[] {
  const now = condition(project.state);
  const node = (name: string, sentence: Sentence, icon: TreeIcon, context = name): TreeNode => ({
    id: `${project.key}\n${name}`,
    label: sentence.message,
    tooltip: lines(sentence),
    icon,
    context,
    project,
  });
  switch (now.kind) {
    case 'interrupted': {
      const { migration, statement, statements } = now.mark;
      const message = t('Interrupted: {migration}, at statement {statement} of {statements}', {
        migration: sanitizeLine(migration.id),
        statement,
        statements,
      });
      const advice = t(
        'Look at what it left, then run it again, record it as applied, or restore a backup.',
      );
      return [
        { ...node('interrupted', { message, advice }, warningIcon), opens: opened(migration) },
      ];
    }
    case 'failed': {
      const { error } = now.result;
      const result = node('failed', describeResult(now.result, t), errorIcon);
      return [
        { ...result, label: error ? shortError(error, t) : result.label, opens: error?.place },
      ];
    }
    case 'unreadable':
      return [unreadable(now.error)];
    case 'needsRecovery':
      return [
        node(
          'needsRecovery',
          { message: t('A program crashed while writing; the next run recovers the database.') },
          warningIcon,
        ),
      ];
    default:
      return [];
  }

  function unreadable(error: ErrorInfo): TreeNode {
    return {
      ...node('unreadable', describeError(error, t), errorIcon),
      label: shortError(error, t),
      opens: error.place,
    };
  }
}

function findingNode(project: Project, finding: Finding, index: number, t: Translate): TreeNode {
  const sentence = describeFinding(finding, t);
  return {
    id: `${project.key}\nfinding\n${finding.code}\n${index}`,
    label: sentence.message,
    tooltip: lines(sentence),
    icon: findingIcon(finding),
    context: 'finding',
    project,
    opens: finding.migration && opened(finding.migration),
  };
}

function findingIcon({ severity }: Finding): TreeIcon {
  switch (severity) {
    case 'info':
      return { name: 'info' };
    case 'warning':
      return warningIcon;
    case 'refuse':
      return errorIcon;
  }
}

export function lines({ message, detail, advice }: Sentence): string {
  return [message, detail, advice].filter(Boolean).join('\n');
}

function opened({ file }: { file?: string }): TreeNode['opens'] {
  return file ? { file } : undefined;
}
