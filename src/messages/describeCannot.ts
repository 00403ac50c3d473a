import type { CannotReason } from '../core/rehearsal/rehearsal';
import { oneLine } from './oneLine';
import type { Sentence } from './sentence';
import type { Translate } from './translate';

/** Why a migration cannot be rehearsed here. */
export function describeCannot(
  {
    migration,
    reason,
    detail = '',
  }: {
    readonly migration: string;
    readonly reason: CannotReason;
    readonly detail?: string;
  },
  t: Translate,
): Sentence {
  return {
    message: t('{migration} cannot be rehearsed here: {why}.', {
      migration: oneLine(migration),
      why: because(reason, oneLine(detail), t),
    }),
  };
}

function because(reason: CannotReason, name: string, t: Translate): string {
  switch (reason) {
    case 'module':
      return t('it needs the module {name}', { name });
    case 'function':
      return t('it needs the function {name}', { name });
    case 'collation':
      return t('it needs the collation {name}', { name });
    case 'extension':
      return t('it loads an extension');
    case 'newer':
      return t('only the newer SQLite that will run it understands it ({name})', { name });
    case 'file':
      return t('{name} depends on other files', { name });
    case 'data':
      return t('it depends on the data, and only the schema was tried ({name})', { name });
    case 'time':
      return t('it takes too long');
    case 'memory':
      return t('there is not enough memory');
    case 'crash':
      return name ? t('the engine gave up ({name})', { name }) : t('the engine gave up');
    case 'copy':
      return name
        ? t('the database cannot be copied now ({name})', { name })
        : t('the database cannot be copied now');
  }
}
