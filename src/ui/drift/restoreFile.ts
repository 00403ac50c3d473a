import { basename } from 'node:path';
import type { MigrationRef } from '../../core/model';
import { oneLine } from '../../messages/text';
import type { Project } from '../../workspace/project';
import { notify } from '../notify';
import { openPlace } from '../openPlace';
import { t } from '../translate';
import { pickEntry } from './pickEntry';

/** Writes the file of an applied migration that is not here, as git has it, else as it ran. */
export async function restoreFile(project: Project, migration?: MigrationRef): Promise<void> {
  const entry = await pickEntry(project, 'missing', migration);
  if (!entry) {
    return;
  }
  const { files, from, branch } = await project.drift.restoreFile(entry.migration.version);
  const args = { file: oneLine(basename(files[0] ?? '')), branch: oneLine(branch ?? '', 80) };
  const message =
    from === 'log'
      ? t('{file} was written as it ran, from the run log.', args)
      : branch
        ? t('{file} was written as it is on branch {branch}.', args)
        : t('{file} was written as git had it last.', args);
  if (files[0]) {
    await openPlace({ file: files[0] });
  }
  notify('info', { message });
}
