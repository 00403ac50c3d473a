import type { Rehearsal } from '../../core/rehearsal/rehearsal';
import { inert } from '../inert';
import type { PreviewSubject } from '../preview/preview';
import { t } from '../translate';
import { patiently } from './patiently';

const patienceMs = 300;

/**
 * Tries migrations in front of a person.
 * @returns undefined when it was cancelled
 */
export function tryOut({
  project,
  direction,
  goal,
}: PreviewSubject): Promise<Rehearsal | undefined> {
  return patiently({
    title: t('Trying migrations on a copy of {database}', { database: inert(project.name) }),
    patienceMs,
    start: (token) => project.preview(direction, goal, token),
  });
}
