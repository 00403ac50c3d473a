import type { MigrationRef } from '../../core/model';
import type { Project } from '../../workspace/project';
import type { Means } from '../commands/means';
import { rollBackMissing } from '../commands/rollBack';
import type { Log } from '../log';
import { acceptEdited } from './acceptEdited';
import { decideEdited } from './decideEdited';
import type { DriftDocuments } from './driftDocuments';
import { followUp } from './followUp';
import { markApplied } from './markApplied';
import { reapply } from './reapply';
import { restoreFile } from './restoreFile';
import { showChanged, showWhatRan } from './showChanged';

type Action = (project: Project, migration?: MigrationRef) => unknown;

/** What can be done where files and database do not agree; by the command's name. */
export function driftActions(
  documents: DriftDocuments,
  means: Means,
  log: Log,
): Readonly<Record<'reads' | 'writes', Readonly<Record<string, Action>>>> {
  return {
    reads: {
      showChanged: (project, migration) => showChanged(project, documents, migration),
      showWhatRan: (project, migration) => showWhatRan(project, documents, migration),
    },
    writes: {
      decideEdited,
      acceptEdited,
      followUp,
      reapply: (project, migration) => reapply(project, means.runner, migration),
      restoreFile,
      rollBackMissing: (project, migration) => rollBackMissing(project, means, migration),
      markApplied: (project, migration) => markApplied(project, documents, log, migration),
    },
  };
}
