import type { ErrorInfo } from '../../core/errors';
import type { Finding } from '../../core/model';
import { describeError } from '../../messages/describeError';
import { describeFinding } from '../../messages/drift';
import { describeResult } from '../../messages/run';
import { oneLine, type Sentence, type Translate } from '../../messages/text';
import { condition } from '../../workspace/condition';
import type { Project } from '../../workspace/project';
import { shortError } from '../shortError';
import type { TreeIcon, TreeNode } from './treeNode';
import { errorIcon, warningIcon } from './treeNode';

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
export function isShownAtMigration({ migration, severity }: Finding): boolean {
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
        migration: oneLine(migration.id),
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

export function findingIcon({ severity }: Finding): TreeIcon {
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
