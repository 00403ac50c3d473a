import { dirname } from 'node:path';
import type { Finding, HistoryEntry, MigrationRef } from '../core/model';
import { sqlName } from '../core/formats/fileNames';
import type { ProjectState } from './projectState';

/** What a file of a project's folders is, as far as the last look tells. */
export type FilePlace =
  | { readonly kind: 'pending'; readonly migration: MigrationRef; readonly finding?: Finding }
  | { readonly kind: 'applied'; readonly entry: HistoryEntry; readonly finding?: Finding }
  /** SQL in the folder that the look does not name: a way back, a new file, no migration at all. */
  | { readonly kind: 'other' };

/** @param file absolute path, spelled as the target's folders are */
export function filePlace({ target, status }: ProjectState, file: string): FilePlace | undefined {
  const finding = status?.findings.find(({ migration }) => migration?.file === file);
  const migration = status?.pending.find((pending) => pending.file === file);
  if (migration) {
    return { kind: 'pending', migration, finding };
  }
  const entry = status?.history.find((applied) => applied.migration.file === file);
  if (entry) {
    return { kind: 'applied', entry, finding };
  }
  const isHere = sqlName.test(file) && target.folders.includes(dirname(file));
  return isHere ? { kind: 'other' } : undefined;
}
