import type { SchemaComparison } from '../core/drift';
import { describeCannot } from './describeCannot';
import { describeError } from './describeError';
import { oneLine } from './oneLine';
import type { Sentence } from './sentence';
import type { Translate } from './translate';

const namedAtMost = 8;

/** Whether a database has the schema that its migrations make, in words. */
export function describeComparison(comparison: SchemaComparison, t: Translate): Sentence {
  const { verdict, missing, different, extra, unknown } = comparison;
  const others =
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
        detail: others,
      };
    case 'differs':
      return {
        message: t('The database does not have the schema that the migrations make.'),
        detail: [
          missing.length > 0 && t('Not there: {names}.', { names: listed(missing) }),
          different.length > 0 && t('Not the same: {names}.', { names: listed(different) }),
          extra.length > 0 && t('There besides: {names}.', { names: listed(extra) }),
          others,
        ]
          .filter(Boolean)
          .join(' '),
      };
    case 'cannot':
      return { message: t('What the migrations make is not known.'), detail: why(comparison, t) };
  }
}

function why({ cannot, stoppedAt, error }: SchemaComparison, t: Translate): string | undefined {
  if (cannot) {
    return describeCannot({ migration: stoppedAt?.id ?? '?', ...cannot }, t).message;
  }
  return error && describeError(error, t).message;
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, namedAtMost).map((name) => oneLine(name, 80));
  return names.length > shown.length ? `${shown.join(', ')}, …` : shown.join(', ');
}
