import { basename } from 'node:path';
import { isHistoryKnown } from '../../core/model';
import { describeError } from '../../messages/describeError';
import { describeHolder, describeProgress } from '../../messages/holder';
import { sanitizeLine, type Translate } from '../../messages/text';
import type { Project } from '../../workspace/project';
import type { Search } from '../../workspace/projectRegistry';
import { condition, otherHolder, type ProjectState } from '../../workspace/projectState';
import { conditionText, projectFacts } from './conditionText';
import { appliedNode, lines, pendingNode, problemNodes } from './migrationNodes';
import { errorIcon, type TreeNode, warningIcon, workingIcon } from './treeNode';

/** More lines than this are listed on demand only: nobody reads them, and each costs. */
const listedAtOnce = 200;

export interface DatabaseNodeOptions {
  /** The database's folder, where another one has the same name. */
  readonly location?: string;
  /** Whether long lists are shown in full. */
  readonly showAll: boolean;
}

/** A database's line in the tree. Its children are made by {@link databaseChildren}. */
export function databaseNode(
  project: Project,
  { location }: DatabaseNodeOptions,
  t: Translate,
): TreeNode {
  const { state } = project;
  const now = condition(state);
  const { text } = conditionText(now, t);
  const missing = state.status?.look.state === 'missing' ? t('not created yet') : undefined;
  return {
    id: project.key,
    label: sanitizeLine(project.name),
    description: [location, missing, text].filter(Boolean).join(' · '),
    tooltip: projectFacts(state, t)
      .map(([name, value]) => `${name}: ${value}`)
      .join('\n'),
    icon: databaseIcon(now.kind),
    context: `database.${now.kind}`,
    project,
    expanded: true,
    children: [],
  };
}

export function databaseChildren(
  project: Project,
  options: DatabaseNodeOptions,
  t: Translate,
): TreeNode[] {
  const { status } = project.state;
  if (!status) {
    return problemNodes(project, t);
  }
  if (!isHistoryKnown(status)) {
    return [...problemNodes(project, t), lockNode(project, t)];
  }
  const pending = status.pending.map((migration) => pendingNode(project, migration, t));
  const applied = status.history.map((entry) => appliedNode(project, entry, t));
  return [
    ...problemNodes(project, t),
    lockNode(project, t),
    listNode(
      project,
      'pending',
      t('Pending ({count})', { count: pending.length }),
      pending,
      options,
      t,
    ),
    listNode(
      project,
      'history',
      t('History ({count})', { count: applied.length }),
      applied,
      options,
      t,
    ),
  ];
}

function listNode(
  project: Project,
  name: 'pending' | 'history',
  label: string,
  nodes: readonly TreeNode[],
  { showAll }: DatabaseNodeOptions,
  t: Translate,
): TreeNode {
  const shown = showAll ? nodes : nodes.slice(0, listedAtOnce);
  const more: TreeNode = {
    id: `${project.key}\n${name}\nmore`,
    label: t('Show all {count}', { count: nodes.length }),
    icon: { name: 'ellipsis' },
    context: 'more',
    project,
    command: 'lockstep.showAll',
  };
  return {
    id: `${project.key}\n${name}`,
    label,
    icon: { name: name === 'pending' ? 'list-unordered' : 'history' },
    context: `${name}List`,
    project,
    expanded: name === 'pending',
    children:
      nodes.length > 0 ? [...shown, ...(shown.length < nodes.length ? [more] : [])] : undefined,
  };
}

function databaseIcon(kind: ReturnType<typeof condition>['kind']): TreeNode['icon'] {
  switch (kind) {
    case 'running':
    case 'waiting':
      return workingIcon;
    case 'failed':
    case 'unreadable':
      return errorIcon;
    case 'interrupted':
      return warningIcon;
    default:
      return { name: 'database' };
  }
}

const unpairedShown = 10;

/**
 * What a search of the workspace has to say apart from the projects it found.
 *
 * @param invalid entries of `lockstep.databases` that cannot be understood
 */
export function noticeNodes(
  { found, error }: Search,
  invalid: readonly string[],
  hasProjects: boolean,
  t: Translate,
): TreeNode[] {
  const nodes: TreeNode[] = [];
  if (error) {
    const sentence = describeError(error, t);
    nodes.push(notice('searchFailed', sentence.message, errorIcon, lines(sentence)));
  }
  for (const entry of invalid) {
    const label = t('lockstep.databases: an entry is not understood ({entry})', {
      entry: sanitizeLine(entry),
    });
    nodes.push({
      ...notice(`invalid\n${entry}`, label, warningIcon),
      command: 'lockstep.openSettings',
    });
  }
  for (const { folder, layout } of found?.unsupported ?? []) {
    const label = t('{folder}: migrations of {layout}, which Lockstep does not run', {
      folder: sanitizeLine(basename(folder)),
      layout: sanitizeLine(layout),
    });
    nodes.push(
      notice(`unsupported\n${folder}`, label, { name: 'info' }, sanitizeLine(folder, 4096)),
    );
  }
  if (found?.incomplete) {
    const label = t('The workspace is large; not all of it was searched');
    nodes.push({
      ...notice('incomplete', label, { name: 'info' }, t('Name your databases in the settings.')),
      command: 'lockstep.openSettings',
    });
  }
  return hasProjects ? nodes : [...nodes, ...unpairedNodes(found?.unpaired ?? [], t)];
}

/** Databases alone, shown while there is nothing better to show. */
function unpairedNodes(unpaired: readonly string[], t: Translate): TreeNode[] {
  return unpaired.slice(0, unpairedShown).map((database) => ({
    ...notice(
      `unpaired\n${database}`,
      sanitizeLine(basename(database)),
      { name: 'database' },
      sanitizeLine(database, 4096),
    ),
    description: t('no migrations found for it'),
    context: 'unpaired',
    unpaired: database,
  }));
}

function notice(id: string, label: string, icon: TreeNode['icon'], tooltip = label): TreeNode {
  return { id: `notice\n${id}`, label, icon, tooltip, context: 'notice' };
}

/** Who has the migration lock, since when, and how far they are. */
function lockNode(project: Project, t: Translate): TreeNode {
  const { icon, context, text } = lockView(project.state, t);
  return {
    id: `${project.key}\nlock`,
    label: t('Lock'),
    description: text,
    tooltip: t('Migration lock: {state}', { state: text }),
    icon,
    context,
    project,
  };
}

function lockView(
  state: ProjectState,
  t: Translate,
): Pick<TreeNode, 'icon' | 'context'> & { text: string } {
  const { run, lock } = state;
  if (run && !run.waiting) {
    return { icon: { name: 'lock' }, context: 'lock.mine', text: t('held by this window') };
  }
  const holder = otherHolder(state);
  if (lock.kind === 'held' || holder) {
    const who = holder
      ? describeHolder(holder, t)
      : t('an unknown holder: the lock has no readable card');
    const progress = describeProgress(holder?.progress, t);
    const text = t('held by {holder}', { holder: progress ? `${who}, ${progress}` : who });
    return { icon: { name: 'lock' }, context: 'lock.held', text };
  }
  if (run?.waiting) {
    return {
      icon: { name: 'lock' },
      context: 'lock.foreign',
      text: t('free; the database itself is locked by another program'),
    };
  }
  return lock.kind === 'stale'
    ? {
        icon: warningIcon,
        context: 'lock.stale',
        text: t('stale, its holder is gone; the next run takes over'),
      }
    : { icon: { name: 'unlock' }, context: 'lock.free', text: t('free') };
}
