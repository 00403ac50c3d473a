/** Where the files of applied migrations are that are not here. Plain data. */
export interface Whereabouts {
  /** Whether the folder is in a git repository that could be asked. */
  readonly repository: boolean;
  readonly files: readonly MissingFile[];
}

export interface MissingFile {
  /** As the history records it. */
  readonly version: string;
  /** Absolute path at which it ran, where it still is: another worktree or copy of the project. */
  readonly elsewhere?: string;
  /** Branches that have it, the ones with the newest commits first; a few at most. */
  readonly branches: readonly string[];
  /** Absolute path of the worktree in which the first of them is checked out. */
  readonly worktree?: string;
  /** The commit that removed it, where no branch has it any more. */
  readonly removedIn?: string;
}
