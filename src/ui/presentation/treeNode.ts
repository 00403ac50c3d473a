import type { Place } from '../../core/errors';
import type { MigrationRef } from '../../core/model';
import type { Project } from '../../workspace/project';

/** One line of the tree, as data. Everything that comes from files is on one line already. */
export interface TreeNode {
  /** Stable, so that what a person expanded or selected stays so. */
  readonly id: string;
  readonly label: string;
  readonly description?: string;
  /** Plain text; lines are separated by line breaks. */
  readonly tooltip?: string;
  readonly icon: TreeIcon;
  /** What menus go by, e.g. `pending`; see `view/item/context` in the manifest. */
  readonly context: string;
  /** Absent where the node belongs to no database. */
  readonly project?: Project;
  readonly migration?: MigrationRef;
  /** A database without migrations. */
  readonly unpaired?: string;
  /** What a click opens. */
  readonly opens?: Pick<Place, 'file'> & Partial<Place>;
  /** What a click runs where it opens nothing; given this node. */
  readonly command?: string;
  readonly children?: readonly TreeNode[];
  readonly expanded?: boolean;
}

export interface TreeIcon {
  /** A codicon. */
  readonly name: string;
  /** A theme colour; never the only sign of a state. */
  readonly color?: string;
}

export const warningIcon: TreeIcon = { name: 'warning', color: 'list.warningForeground' };
export const errorIcon: TreeIcon = { name: 'error', color: 'list.errorForeground' };
export const workingIcon: TreeIcon = { name: 'sync~spin' };
