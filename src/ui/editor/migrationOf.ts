import { dirname, join } from 'node:path';
import { numberedName } from '../../core/formats/fileNames';
import type { Direction } from '../../core/model';
import type { FilePlace } from '../../workspace/filePlace';
import type { Project } from '../../workspace/project';

/** What the migration is that a file is part of, and which way the file leads where it is one of two. */
export function migrationOf(
  project: Pick<Project, 'place'>,
  file: string,
): { readonly place: FilePlace; readonly direction: Direction } | undefined {
  const place = project.place(file);
  if (place?.kind !== 'other') {
    return place && { place, direction: 'up' };
  }
  const { id, direction } = numberedName(file) ?? {};
  if (id === undefined || direction !== 'down') {
    return undefined;
  }
  const siblings = [`${id}.sql`, `${id}.up.sql`].map((name) =>
    project.place(join(dirname(file), name)),
  );
  const found = siblings.find((sibling) => sibling && sibling.kind !== 'other');
  return found && { place: found, direction };
}
