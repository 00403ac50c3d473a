import type { MissingFile } from '../core/drift';
import { oneLine } from './oneLine';
import type { Translate } from './translate';

/** Where a file is that is not here, in a few words; undefined where nobody knows. */
export function describeWhereabouts(
  { elsewhere, branches, worktree, removedIn }: MissingFile,
  t: Translate,
): string | undefined {
  const [first, ...others] = branches.map((branch) => oneLine(branch, 80));
  if (first !== undefined) {
    const branch =
      others.length > 0
        ? t('on branch {branch} and {count} more', { branch: first, count: others.length })
        : t('on branch {branch}', { branch: first });
    return worktree
      ? t('{branch}, in the worktree {folder}', { branch, folder: oneLine(worktree, 4096) })
      : branch;
  }
  if (elsewhere) {
    return t('at {file}', { file: oneLine(elsewhere, 4096) });
  }
  return removedIn ? t('removed in commit {commit}', { commit: removedIn.slice(0, 8) }) : undefined;
}
