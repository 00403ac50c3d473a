import type { MarkResult, MissingFile, SchemaComparison } from '../core/drift';
import type { Finding } from '../core/model';
import { describeError } from './describeError';
import { describeHolder } from './holder';
import { describeCannot } from './rehearsal';
import {
  listNames,
  type LogLevel,
  type LogLine,
  sanitizeLine,
  type Sentence,
  type Translate,
} from './text';

/** What the planner noticed, in words. */
export function describeFinding(finding: Finding, t: Translate): LogLine {
  return { level: levels[finding.severity], ...findingText(finding, t) };
}

const levels: Record<Finding['severity'], LogLevel> = {
  info: 'info',
  warning: 'warning',
  refuse: 'error',
};

function findingText(finding: Finding, t: Translate): Sentence {
  const text = (name: string, otherwise = '?'): string => {
    const value = finding.params[name];
    return value === undefined || value === '' ? otherwise : sanitizeLine(String(value), 4096);
  };
  const migration = finding.migration ? sanitizeLine(finding.migration.id) : text('version');
  switch (finding.code) {
    case 'duplicate':
      return {
        message: t('Two migrations have the version {version}: {files}.', {
          version: text(
            'version',
            finding.migration ? sanitizeLine(finding.migration.version) : '?',
          ),
          files: text('files'),
        }),
        advice: t('Give one of them another version; until then nothing is run.'),
      };
    case 'missing':
      return {
        message: t('{migration} is applied, but its file is not here.', { migration }),
        advice: t('It may be on another branch, or have been renamed or deleted.'),
      };
    case 'edited':
      return {
        message: t('{migration} was changed after it was applied.', { migration }),
        advice: t('The change does not reach this database; make a new migration for it.'),
      };
    case 'outOfOrder':
      return {
        message: t('{migration} is pending and older than the newest applied one.', { migration }),
        advice: t('It is applied all the same; check that it does not need the older state.'),
      };
    case 'schemaFile':
      return {
        message: t('The project has a schema.sql; Lockstep does not rewrite it.'),
        advice: t('Run “dbmate dump” to bring it up to date.'),
      };
    case 'logUnwritable':
      return {
        message: t('The run log cannot be written ({reason}).', { reason: text('message') }),
        advice: t('What was applied is recorded in the database; only the details are lost.'),
      };
  }
}

/** Whether a database has the schema that its migrations make, in words. */
export function describeComparison(comparison: SchemaComparison, t: Translate): Sentence {
  const { verdict, missing, different, extra, unknown } = comparison;
  const gaps =
    unknown.length > 0
      ? t('Files are missing for {names}; what they made is not known.', {
          names: listed(unknown.map(({ id }) => id)),
        })
      : undefined;
  switch (verdict) {
    case 'same':
      return { message: t('The database has exactly the schema that the migrations make.') };
    case 'more':
      return {
        message: t('The database has the schema that the migrations make, and more: {names}.', {
          names: listed(extra),
        }),
        detail: gaps,
      };
    case 'differs':
      return {
        message: t('The database does not have the schema that the migrations make.'),
        detail: [
          missing.length > 0 && t('Not there: {names}.', { names: listed(missing) }),
          different.length > 0 && t('Not the same: {names}.', { names: listed(different) }),
          extra.length > 0 && t('There besides: {names}.', { names: listed(extra) }),
          gaps,
        ]
          .filter(Boolean)
          .join(' '),
      };
    case 'cannot':
      return { message: t('What the migrations make is not known.'), detail: why(comparison, t) };
  }
}

function listed(names: readonly string[]): string {
  return listNames(names, 8, 80);
}

function why({ cannot, stoppedAt, error }: SchemaComparison, t: Translate): string | undefined {
  if (cannot) {
    return describeCannot({ migration: stoppedAt?.id ?? '?', ...cannot }, t).message;
  }
  return error && describeError(error, t).message;
}

/** How recording migrations as applied ended, in words. */
export function describeMark(result: MarkResult, t: Translate): LogLine {
  const { outcome, marked, alreadyApplied, error, holder, logProblem } = result;
  if (outcome === 'cancelled') {
    return { level: 'warning', message: t('Cancelled. Nothing was recorded.') };
  }
  if (outcome !== 'done') {
    const info = error ?? { code: 'internal', params: { message: outcome } };
    return { level: 'error', ...describeError(info, t, holder) };
  }
  const count = marked.length;
  const others = alreadyApplied.length;
  const parts = [
    count === 1
      ? t('Recorded 1 migration as applied; nothing of it was run.')
      : count > 1
        ? t('Recorded {count} migrations as applied; nothing of them was run.', { count })
        : '',
    others > 0
      ? t('{count} had been applied by {holder} meanwhile.', {
          count: others,
          holder: holder ? describeHolder(holder, t) : t('another process'),
        })
      : '',
  ].filter(Boolean);
  return {
    level: 'info',
    message: parts.length > 0 ? parts.join(' ') : t('Nothing was pending.'),
    detail: logProblem && t('The run log cannot be written ({reason}).', { reason: logProblem }),
  };
}

/** Where a file is that is not here, in a few words; undefined where nobody knows. */
export function describeMissingFile(
  { elsewhere, branches, worktree, removedIn }: MissingFile,
  t: Translate,
): string | undefined {
  const [first, ...others] = branches.map((branch) => sanitizeLine(branch, 80));
  if (first !== undefined) {
    const branch =
      others.length > 0
        ? t('on branch {branch} and {count} more', { branch: first, count: others.length })
        : t('on branch {branch}', { branch: first });
    return worktree
      ? t('{branch}, in the worktree {folder}', { branch, folder: sanitizeLine(worktree, 4096) })
      : branch;
  }
  if (elsewhere) {
    return t('at {file}', { file: sanitizeLine(elsewhere, 4096) });
  }
  return removedIn ? t('removed in commit {commit}', { commit: removedIn.slice(0, 8) }) : undefined;
}
