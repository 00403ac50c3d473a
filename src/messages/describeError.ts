import type { ErrorInfo } from '../core/errors';
import type { HolderName } from '../core/model';
import { backupErrors, databaseErrors } from './errors/databaseErrors';
import { type ErrorSentences, ErrorView } from './errors/errorView';
import { migrationErrors } from './errors/migrationErrors';
import { runErrors } from './errors/runErrors';
import { sqlErrors } from './errors/sqlErrors';
import type { Sentence, Translate } from './text';

/**
 * What happened, where, and what to do about it.
 *
 * @param holder who had or has the lock, where the error comes with one (`RunResult.holder`)
 */
export function describeError(error: ErrorInfo, t: Translate, holder?: HolderName): Sentence {
  // The code may come from another version of Lockstep that has more of them.
  const sentence = Object.hasOwn(sentences, error.code)
    ? sentences[error.code]
    : sentences.internal;
  return sentence(new ErrorView(error, t, holder));
}

const sentences: ErrorSentences<ErrorInfo['code']> = {
  ...sqlErrors,
  ...migrationErrors,
  ...databaseErrors,
  ...backupErrors,
  ...runErrors,
};
