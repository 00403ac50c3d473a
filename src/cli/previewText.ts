import type { Rehearsal, RehearsedStep } from '../core/rehearsal/rehearsal';
import { type DiffLine, schemaDiff } from '../core/rehearsal/schemaText';
import {
  describeBasis,
  describeCannot,
  describeChanges,
  describeLosses,
  describeVerdict,
} from '../messages/rehearsal';
import { describeLint } from '../messages/lint';
import { describeError } from '../messages/describeError';
import { duration, oneLine, plainTranslate as t } from '../messages/text';
import type { Style } from './style';
import { withShortPath } from './withShortPath';

/** A rehearsal as lines for people: what comes of it first, the details after. */
export function previewText(rehearsal: Rehearsal, style: Style): string[] {
  const { verdict, steps, losses, error, schemaBefore, schemaAfter, applies } = rehearsal;
  const color = verdict === 'fails' ? style.red : (text: string): string => text;
  const deleted = describeLosses(losses, t);
  const reason = error && describeError(withShortPath(error), t);
  const isUp = rehearsal.direction === 'up';
  const isTried = steps.length > 0;
  return [
    color(style.bold(describeVerdict(rehearsal, t))),
    ...(reason && verdict !== 'cannot'
      ? [
          `  ${reason.message}`,
          ...(reason.detail ? [style.dim(`  ${reason.detail}`)] : []),
          ...(!isTried && reason.advice ? [`  ${reason.advice}`] : []),
        ]
      : []),
    ...(applies !== undefined && isUp
      ? [
          `  ${t('Up to {migration} it works (--to {migration}).', { migration: oneLine(applies) })}`,
        ]
      : []),
    ...(deleted ? [style.yellow(deleted)] : []),
    ...(steps.length > 0 ? ['', ...steps.flatMap((step) => stepText(step, style))] : []),
    ...schemaDiff(schemaBefore, schemaAfter).flatMap((lines) => ['', ...diffText(lines, style)]),
    ...(isTried
      ? ['', style.dim(`${describeBasis(rehearsal, t)} ${duration(rehearsal.ms, t)}.`)]
      : []),
  ];
}

function stepText(step: RehearsedStep, style: Style): string[] {
  const { verdict, migration, ms } = step;
  const id = oneLine(migration.id);
  switch (verdict.kind) {
    case 'works':
    case 'schemaOnly':
      return [
        `  ${style.green('✓')} ${id}  ${style.dim(duration(ms, t))}`,
        ...describeChanges(step, t).map((part) => `      ${part}`),
        ...lintText(step, style),
      ];
    case 'fails':
      return [`  ${style.red('✗')} ${id}`, ...lintText(step, style)];
    case 'cannot': {
      const { message } = describeCannot({ migration: migration.id, ...verdict }, t);
      return [`  ${style.yellow('?')} ${message}`];
    }
    case 'notReached':
      return [`  ${style.dim(`· ${id}  ${t('not reached')}`)}`];
  }
}

function lintText({ lint = [] }: RehearsedStep, style: Style): string[] {
  return lint
    .filter(({ harmless }) => !harmless)
    .map((warning) => {
      const { line, column } = warning.place;
      const text = `! ${line}:${column} ${describeLint(warning, t).message}`;
      return `      ${style.yellow(text)} ${style.dim(warning.rule)}`;
    });
}

function diffText(lines: readonly DiffLine[], style: Style): string[] {
  return lines.map(({ sign, text }) => {
    const line = `  ${sign} ${text}`;
    return sign === '+' ? style.green(line) : sign === '-' ? style.red(line) : style.dim(line);
  });
}
