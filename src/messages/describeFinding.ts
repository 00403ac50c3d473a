import type { Finding } from '../core/model';
import { oneLine } from './oneLine';
import type { LogLevel, LogLine } from './sentence';
import type { Translate } from './translate';

/** What the planner noticed, in words. */
export function describeFinding(finding: Finding, t: Translate): LogLine {
  return { level: levels[finding.severity], ...sentence(finding, t) };
}

const levels: Record<Finding['severity'], LogLevel> = {
  info: 'info',
  warning: 'warning',
  refuse: 'error',
};

function sentence(finding: Finding, t: Translate): { message: string; advice?: string } {
  const text = (name: string, otherwise = '?'): string => {
    const value = finding.params[name];
    return value === undefined || value === '' ? otherwise : oneLine(String(value), 4096);
  };
  const migration = finding.migration ? oneLine(finding.migration.id) : text('version');
  switch (finding.code) {
    case 'duplicate':
      return {
        message: t('Two migrations have the version {version}: {files}.', {
          version: text('version', finding.migration ? oneLine(finding.migration.version) : '?'),
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
