import { basename } from 'node:path';
import type { Place } from '../../core/errors';
import type { LintLevel, LintWarning } from '../../core/lint/rule';
import type { MigrationRef } from '../../core/model';
import type { CheckProblem, CheckResult } from '../../core/rehearsal/rehearsal';
import { describeError } from '../../messages/describeError';
import { describeLint } from '../../messages/lint';
import { describeCannot } from '../../messages/rehearsal';
import { sanitizeLine, type Translate } from '../../messages/text';
import type { FileRole } from '../../workspace/projectState';
import { formatDate } from './text';

/** Something to show in a file. */
export interface FileProblem {
  readonly severity: 'error' | 'warning' | 'information';
  readonly message: string;
  /** Absent: at the top of the file. */
  readonly place?: Place;
  /** The text that stands there, perhaps cut at the end. */
  readonly statement?: string;
  readonly code: string;
  /** Of a lint; docs/lint.md says more. */
  readonly rule?: string;
  /** The migration that is the reason. */
  readonly because?: MigrationRef;
}

/** What a check found, as far as it is to be shown in this file. */
export function checkProblems(result: CheckResult, file: string, t: Translate): FileProblem[] {
  const { blockedBy, blockedWhy, refused, problems, migration } = result;
  if (blockedBy) {
    const names = { migration: sanitizeLine(blockedBy.id) };
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

/** Up and down can be in files of their own; the one is tried only where the other works. */
function problemElsewhere({ migration }: CheckResult, t: Translate): FileProblem {
  const message = t('Not checked: the other file of {migration} has a problem.', {
    migration: sanitizeLine(migration?.id ?? ''),
  });
  return { severity: 'information', message, code: 'notChecked', because: migration };
}

/**
 * What bites in a migration, as loud as its settings say, as far as it stands in this file.
 *
 * @param level what the settings say of a rule
 */
export function lintProblems(
  warnings: readonly LintWarning[],
  file: string,
  level: (rule: string) => LintLevel,
  t: Translate,
): FileProblem[] {
  return warnings
    .filter(({ place }) => place.file === file)
    .flatMap((warning) => {
      const severity = severityOf(warning, level(warning.rule));
      const { message, advice } = describeLint(warning, t);
      const { place, statement, rule } = warning;
      const text = [message, advice].filter(Boolean).join(' ');
      return severity ? [{ severity, message: text, place, statement, code: rule, rule }] : [];
    });
}

function severityOf(
  { harmless }: LintWarning,
  level: LintLevel,
): FileProblem['severity'] | undefined {
  if (level === 'off') {
    return undefined;
  }
  return level === 'info' || harmless ? 'information' : level;
}

/**
 * The problems of a file that several databases share: each once, with the names of the databases
 * that it concerns.
 */
export function joinProblems(
  found: readonly { readonly database: string; readonly problems: readonly FileProblem[] }[],
): FileProblem[] {
  if (found.length === 1) {
    return [...found[0].problems];
  }
  const joined = new Map<string, { problem: FileProblem; databases: string[] }>();
  for (const { database, problems } of found) {
    for (const problem of problems) {
      const key = JSON.stringify(problem);
      const entry = joined.get(key) ?? { problem, databases: [] };
      entry.databases.push(sanitizeLine(database));
      joined.set(key, entry);
    }
  }
  return [...joined.values()].map(({ problem, databases }) => ({
    ...problem,
    message: `${databases.join(', ')}: ${problem.message}`,
  }));
}

/** Of dbmate's files; elsewhere it has a file of its own. */
const downSection = /^--\s*migrate:down/m;

/** Says that an edit of an applied migration will not run; undefined where it is not edited. */
export function appliedNote(
  { entry }: Extract<FileRole, { kind: 'applied' }>,
  document: { readonly isDirty: boolean; getText(): string },
  t: Translate,
): FileProblem | undefined {
  if (!document.isDirty && entry.file !== 'edited') {
    return undefined;
  }
  const when = entry.log && formatDate(entry.log.at);
  const applied = when ? t('Applied on {date}', { date: when }) : t('Applied already');
  const args = { applied };
  const message = downSection.test(document.getText())
    ? t('{applied}; edits will not run, but for those of the down migration.', args)
    : t('{applied}; edits will not run.', args);
  return { severity: 'information', message, code: 'applied' };
}
