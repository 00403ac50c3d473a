import { basename } from 'node:path';
import { describeError } from '../../messages/describeError';
import { oneLine, type Translate } from '../../messages/text';
import type { Search } from '../../workspace/projectRegistry';
import { lines } from './problemNodes';
import type { TreeNode } from './treeNode';
import { errorIcon, warningIcon } from './treeNode';

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
      entry: oneLine(entry),
    });
    nodes.push({
      ...notice(`invalid\n${entry}`, label, warningIcon),
      command: 'lockstep.openSettings',
    });
  }
  for (const { folder, layout } of found?.unsupported ?? []) {
    const label = t('{folder}: migrations of {layout}, which Lockstep does not run', {
      folder: oneLine(basename(folder)),
      layout: oneLine(layout),
    });
    nodes.push(notice(`unsupported\n${folder}`, label, { name: 'info' }, oneLine(folder, 4096)));
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
      oneLine(basename(database)),
      { name: 'database' },
      oneLine(database, 4096),
    ),
    description: t('no migrations found for it'),
    context: 'unpaired',
    unpaired: database,
  }));
}

function notice(id: string, label: string, icon: TreeNode['icon'], tooltip = label): TreeNode {
  return { id: `notice\n${id}`, label, icon, tooltip, context: 'notice' };
}
