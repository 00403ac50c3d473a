import type { MarkResult, SchemaComparison } from '../core/drift';
import type { Target } from '../core/model';
import { diffLines } from '../core/schema/schemaText';
import { describeComparison, describeMark } from '../messages/drift';
import { sanitizeLine, plainTranslate as t } from '../messages/text';
import { defaultRehearsalLimits } from '../migrator/protocol';
import { type Command, confirm, type Context, exitCodes } from './context';
import { Interrupts } from './interrupts';
import { diffText, type Output, shortPath, type Style } from './output';

/** `lockstep mark-applied`: records pending migrations as applied without running them. */
export const markAppliedCommand: Command = async (context) => {
  const { options, output, service } = context;
  const { target } = await context.target();
  const interrupts = new Interrupts(service);
  const comparison = await compare(context, target, interrupts.signal);
  output.object({ type: 'comparison', ...comparison });
  if (comparison.record.length === 0) {
    return report(output, { outcome: 'done', marked: [], alreadyApplied: [], ms: 0 });
  }
  if (!output.json) {
    comparisonText(comparison, output.style).forEach((line) => output.text(line));
  }
  const fits = comparison.verdict === 'same' || comparison.verdict === 'more';
  const question = t('Record them as applied in {database} without running them?', {
    database: shortPath(target.database),
  });
  if (!fits && !options.yes && !(await confirm(question))) {
    return exitCodes.cancelled;
  }
  const result = await service.markApplied(
    {
      target,
      versions: comparison.record.map((migration) => migration.version),
      owner: context.owner,
      engine: options.engine,
      wait: context.wait,
    },
    { signal: interrupts.signal },
  );
  const code = report(output, result);
  await interrupts.finish(result.outcome === 'cancelled');
  await service.settled();
  return code;
};

function report(output: Output, result: MarkResult): number {
  const line = describeMark(result, t);
  output.object({ type: 'result', ...result, message: line.message });
  output.line(line);
  return exitCodes[result.outcome];
}

function compare(context: Context, target: Target, signal: AbortSignal): Promise<SchemaComparison> {
  return context.service.compareSchema(
    {
      target,
      goal: context.goal('up'),
      transaction: 'each',
      engine: context.options.engine,
      fileAccess: context.fileAccess,
      trusted: true,
      limits: defaultRehearsalLimits,
    },
    { signal },
  );
}

function comparisonText(comparison: SchemaComparison, style: Style): string[] {
  const { record, expected, actual, verdict } = comparison;
  const { message, detail } = describeComparison(comparison, t);
  const changed = verdict === 'differs' ? diffLines(expected.split('\n'), actual.split('\n')) : [];
  return [
    ...record.map(({ id }) => `  ${sanitizeLine(id)}`),
    verdict === 'same' || verdict === 'more' ? message : style.yellow(message),
    ...(detail ? [`  ${detail}`] : []),
    ...(changed.length > 0 ? [style.dim(t('- what they make, + what is there:'))] : []),
    ...diffText(changed, style),
  ];
}
