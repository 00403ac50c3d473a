/** Folders that hold no database and no migrations of the project, whatever the settings say. */
export const skippedFolders: ReadonlySet<string> = new Set([
  'node_modules',
  'bower_components',
  '.git',
  '.hg',
  '.svn',
  '.jj',
  '.lockstep',
  '.cache',
  '.npm',
  '.yarn',
  '.pnpm-store',
  '.venv',
  '.tox',
  '.gradle',
  '.vscode-test',
  '__pycache__',
]);
