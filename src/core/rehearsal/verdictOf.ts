import type { ErrorInfo } from '../errors';
import type { RehearsedStep, Rehearsal } from './rehearsal';

/** One word for all steps. @param error why none could be tried */
export function verdictOf(
  steps: readonly RehearsedStep[],
  error: ErrorInfo | undefined,
): Rehearsal['verdict'] {
  const kinds = new Set(steps.map(({ verdict }) => verdict.kind));
  if (kinds.has('fails') || (steps.length === 0 && error && isOurs(error))) {
    return 'fails';
  }
  if (kinds.has('cannot') || error) {
    return 'cannot';
  }
  return kinds.has('schemaOnly') ? 'schemaOnly' : 'works';
}

/** A run would be refused for the same reason: the text or the folder is wrong, not the sandbox. */
function isOurs({ code }: ErrorInfo): boolean {
  return !/^(internal$|database\.|engine\.|rehearsal\.)/.test(code);
}
