import type { Rehearsal, RehearsedStep } from '../core/rehearsal/rehearsal';
import { schemaDiff } from '../core/schema/schemaText';
import { outcomeOf } from '../core/run/runEvents';
import { describeError } from '../messages/describeError';
import { describeLint } from '../messages/lint';
import {
  describeBasis,
  describeCannot,
  describeChanges,
  describeLosses,
  describeVerdict,
} from '../messages/rehearsal';
import { duration, sanitizeLine, plainTranslate as t } from '../messages/text';
import { defaultRehearsalLimits } from '../migrator/protocol';
import { type Command, exitCodes } from './context';
import { Interrupts } from './interrupts';
import { diffText, type Style, withShortPath } from './output';

/** `lockstep preview`: tries on a copy what a run would do, and changes nothing. */
export const previewCommand: Command = async (context) => {
  const { options, output, service } = context;
  const { target } = await context.target();
  const direction = options.rollback ? 'down' : 'up';
  const interrupts = new Interrupts(service);
  const rehearsal = await service.preview(
    {
      target,
      direction,
      goal: context.goal(direction),
      transaction: options.transaction,
      engine: options.engine,
      fileAccess: context.fileAccess,
      trusted: true,
      limits: defaultRehearsalLimits,
    },
    { signal: interrupts.signal },
  );
  output.object({ type: 'preview', ...rehearsal });
  if (!output.json) {
    previewText(rehearsal, output.style).forEach((line) => output.text(line));
  }
  await interrupts.finish(false);
  return exitCode(rehearsal);
};

function exitCode({ verdict, steps, error }: Rehearsal): number {
  switch (verdict) {
    case 'works':
    case 'schemaOnly':
      return exitCodes.done;
    case 'fails':
      return steps.length === 0 && error ? exitCodes[outcomeOf(error.code)] : exitCodes.failed;
    case 'cannot':
      return exitCodes.refused;
  }
}

/** A rehearsal as lines for people: what comes of it first, the details after. */
function previewText(rehearsal: Rehearsal, style: Style): string[] {
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
          `  ${t('Up to {migration} it works (--to {migration}).', { migration: sanitizeLine(applies) })}`,
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
  const id = sanitizeLine(migration.id);
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
