import { describeHolder, describeProgress } from '../../messages/holder';
import type { Translate } from '../../messages/text';
import type { Project } from '../../workspace/project';
import type { ProjectState } from '../../workspace/projectState';
import { otherHolder } from '../../workspace/projectState';
import type { TreeNode } from './treeNode';
import { warningIcon } from './treeNode';

/** Who has the migration lock, since when, and how far they are. */
export function lockNode(project: Project, t: Translate): TreeNode {
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
