import { basename } from 'node:path';
import type { Place } from '../../core/errors';
import type { LintRule } from '../../core/lint/rule';
import type { MigrationRef } from '../../core/model';
import type { CheckProblem, CheckResult } from '../../core/rehearsal/rehearsal';
import { describeCannot } from '../../messages/rehearsal';
import { describeError } from '../../messages/describeError';
import { oneLine, type Translate } from '../../messages/text';

/** Something to show in a file. */
export interface FileProblem {
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** Absent: at the top of the file. */
  readonly place?: Place;
  /** The text that stands there, perhaps cut at the end. */
  readonly statement?: string;
  readonly code: string;
  /** Of a lint; the README says more. */
  readonly rule?: LintRule;
  /** The migration that is the reason. */
  readonly because?: MigrationRef;
}

/** What a check found, as far as it is to be shown in this file. */
export function checkProblems(result: CheckResult, file: string, t: Translate): FileProblem[] {
  const { blockedBy, blockedWhy, refused, problems, migration } = result;
  if (blockedBy) {
    const names = { migration: oneLine(blockedBy.id) };
    const message =
      blockedWhy === 'cannot'
        ? t('Not checked: {migration}, which runs before it, cannot be rehearsed here.', names)
        : t('Not checked: {migration}, which runs before it, fails.', names);
    return [{ severity: 'information', message, code: 'notChecked', because: blockedBy }];
  }
  if (refused) {
    const { place, ...unplaced } = refused;
    const message = t('Not checked: {message}', { message: describeError(unplaced, t).message });
    const here = place?.file === file ? place : undefined;
    return [{ severity: 'information', message, place: here, code: 'notChecked' }];
  }
  return problems.map((problem) =>
    placeOf(problem) === undefined || placeOf(problem)!.file === file
      ? problemHere(problem, migration?.id ?? basename(file), t)
      : problemElsewhere(result, t),
  );
}

function placeOf(problem: CheckProblem): Place | undefined {
  return problem.kind === 'fails' ? problem.error.place : problem.place;
}

function problemHere(problem: CheckProblem, migration: string, t: Translate): FileProblem {
  if (problem.kind === 'cannot') {
    const { message } = describeCannot({ ...problem, migration }, t);
    return { severity: 'information', message, place: problem.place, code: problem.reason };
  }
  const { place, ...unplaced } = problem.error;
  const { statement } = unplaced.params;
  return {
    severity: 'error',
    message: describeError(unplaced, t).message,
    place,
    statement: typeof statement === 'string' ? statement : undefined,
    code: unplaced.code,
  };
}

/** Ways on and ways back can be in files of their own; the one is tried only where the other works. */
function problemElsewhere({ migration }: CheckResult, t: Translate): FileProblem {
  const message = t('Not checked: the other file of {migration} has a problem.', {
    migration: oneLine(migration?.id ?? ''),
  });
  return { severity: 'information', message, code: 'notChecked', because: migration };
}
