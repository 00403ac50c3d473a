import { isHistoryKnown } from '../../core/model';
import { oneLine, type Translate } from '../../messages/text';
import { condition } from '../../workspace/condition';
import type { Project } from '../../workspace/project';
import { conditionText } from '../conditionText';
import { projectFacts } from '../projectFacts';
import { lockNode } from './lockNode';
import { appliedNode, pendingNode } from './migrationNodes';
import { problemNodes } from './problemNodes';
import type { TreeNode } from './treeNode';
import { errorIcon, warningIcon, workingIcon } from './treeNode';

/** More lines than this are listed on demand only: nobody reads them, and each costs. */
const listedAtOnce = 200;

export interface DatabaseNodeOptions {
  /** Where the database is, shown where its name alone does not tell. */
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
    label: oneLine(project.name),
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
