import type { Rehearsal, RehearsedStep } from '../../core/rehearsal/rehearsal';
import type { SchemaObject } from '../../core/schema/schema';
import { objectText } from '../../core/schema/schemaText';
import {
  describeBasis,
  describeCannot,
  describeChanges,
  describeLosses,
  describeVerdict,
} from '../../messages/rehearsal';
import { duration, grouped, sanitizeLine, type Translate } from '../../messages/text';
import { shortError } from './text';

/** A line of a summary, with the part of it that leads to a file. */
export interface SummaryLine {
  readonly text: string;
  /** What should catch the eye. */
  readonly tone?: 'loss' | 'failure';
  readonly link?: SummaryLink;
}

interface SummaryLink {
  /** As it stands in the line. */
  readonly text: string;
  /** Absolute path. */
  readonly file: string;
  /** From 1, as is `column`. */
  readonly line?: number;
  readonly column?: number;
}

const blank: SummaryLine = { text: '' };
/** More lines than these of a kind nobody reads; what needs attention is always among them. */
const mostSteps = 20;
const mostChanges = 12;

/** What a person wants to know of a rehearsal, the most important first. */
export function summary(rehearsal: Rehearsal, t: Translate): SummaryLine[] {
  const { steps, losses } = rehearsal;
  const deleted = describeLosses(losses, t);
  const unchecked = steps.filter(({ verdict }) => verdict.kind === 'cannot');
  const lines: SummaryLine[] = [
    { text: describeVerdict(rehearsal, t), tone: toneOf(rehearsal) },
    ...failure(rehearsal, t),
    ...(deleted ? [{ text: deleted, tone: 'loss' } as const] : []),
    ...unchecked.map((step) => ({ text: cannot(step, t), tone: 'loss' }) as const),
    ...totals(rehearsal, t),
    ...(steps.length > 0 ? [blank] : []),
    ...shortened(steps).map((step) => stepLine(step, t)),
    ...more(steps.length - mostSteps, t),
    blank,
    { text: `${describeBasis(rehearsal, t)} ${duration(rehearsal.ms, t)}.` },
  ];
  return lines.flatMap(wrapped);
}

/** Half of a small window is not wide. The link stays with the part that has it. */
function wrapped({ text, link, tone }: SummaryLine): SummaryLine[] {
  const parts = text.match(/(?:.{1,43}|\S+)(?:\s+|$)/g) ?? [text];
  return parts.map((part, i) => ({
    text: (i > 0 ? `  ${part}` : part).trimEnd(),
    ...(tone && { tone }),
    ...(link && part.includes(link.text) && { link }),
  }));
}

function failure({ error, verdict, steps, direction }: Rehearsal, t: Translate): SummaryLine[] {
  if (!error || verdict === 'cannot') {
    return [];
  }
  const { place } = error;
  const text = shortError(error, t);
  const link = place && { text: sanitizeLine(place.file.replace(/^.*[\\/]/, '')), ...place };
  const working = steps.filter(isFine).length;
  const before =
    working === 0 || direction === 'down'
      ? []
      : working === 1
        ? [{ text: t('The one before it works. What follows is the schema after it.') }]
        : [
            {
              text: t('The {count} before it work. What follows is the schema after them.', {
                count: grouped(working),
              }),
            },
          ];
  return [{ text, link, tone: 'failure' }, ...before];
}

function toneOf({ verdict }: Rehearsal): SummaryLine['tone'] {
  return verdict === 'fails' ? 'failure' : undefined;
}

function cannot({ migration, verdict }: RehearsedStep, t: Translate): string {
  return verdict.kind === 'cannot'
    ? describeCannot({ migration: migration.id, ...verdict }, t).message
    : '';
}

/** What all of them do together; of a single one its own line says it. */
function totals({ tables, steps }: Rehearsal, t: Translate): SummaryLine[] {
  const parts = describeChanges({ schema: [], tables: losingFirst(tables) }, t);
  return steps.filter(isFine).length < 2 || parts.length === 0
    ? []
    : [
        blank,
        ...parts.slice(0, mostChanges).map((text) => ({ text })),
        ...more(parts.length - mostChanges, t),
      ];
}

function losingFirst(tables: Rehearsal['tables']): Rehearsal['tables'] {
  const lost = (change: Rehearsal['tables'][number]): number =>
    change.dropped ? 2 : isLossy(change) ? 1 : 0;
  return [...tables].sort((a, b) => lost(b) - lost(a));
}

function stepLine(step: RehearsedStep, t: Translate): SummaryLine {
  const { migration, verdict, ms } = step;
  const id = sanitizeLine(migration.id, 80);
  const link = migration.file === undefined ? undefined : { text: id, file: migration.file };
  switch (verdict.kind) {
    case 'works':
    case 'schemaOnly': {
      const changes = sanitizeLine(describeChanges(step, t).join('; '), 120);
      const text = `✓ ${id}  ${duration(ms, t)}${changes ? `  ${changes}` : ''}`;
      return { text, link };
    }
    case 'fails':
      return { text: `✗ ${id}  ${t('fails')}`, link };
    case 'cannot':
      return { text: `? ${id}  ${t('not checked')}`, link };
    case 'notReached':
      return { text: `· ${id}  ${t('not reached')}`, link };
  }
}

/** At most so many, in their order; those that do not simply work go before others. */
function shortened(steps: readonly RehearsedStep[]): readonly RehearsedStep[] {
  const rank = (step: RehearsedStep): number =>
    /^(fails|cannot)$/.test(step.verdict.kind) ? 0 : step.tables.some(isLossy) ? 1 : 2;
  const chosen = new Set([...steps].sort((a, b) => rank(a) - rank(b)).slice(0, mostSteps));
  return steps.filter((step) => chosen.has(step));
}

function isLossy(change: Rehearsal['tables'][number]): boolean {
  const { dropped, rowsRemoved, columnsRemoved, uncounted } = change;
  return dropped || rowsRemoved > 0 || columnsRemoved.length > 0 || uncounted === true;
}

function isFine({ verdict }: RehearsedStep): boolean {
  return verdict.kind === 'works' || verdict.kind === 'schemaOnly';
}

function more(count: number, t: Translate): SummaryLine[] {
  return count > 0 ? [{ text: t('… and {count} more', { count: grouped(count) }) }] : [];
}

/** Milliseconds after which the extension host gets a turn for others. */
const sliceMs = 8;

/** Schemas as texts to be compared, made in slices: formatting a thousand tables takes its time. */
export async function schemaTexts(...schemas: (readonly SchemaObject[])[]): Promise<string[]> {
  const formatted = new Map<string, string>();
  const texts: string[] = [];
  let started = performance.now();
  for (const schema of schemas) {
    const blocks: string[] = [];
    for (const { type, sql } of schema) {
      const key = `${type} ${sql}`;
      const text = formatted.get(key) ?? `${objectText(type, sql)};\n`;
      formatted.set(key, text);
      blocks.push(text);
      if (performance.now() - started > sliceMs) {
        await new Promise(setImmediate);
        started = performance.now();
      }
    }
    texts.push(blocks.join('\n'));
  }
  return texts;
}
