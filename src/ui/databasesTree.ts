import * as vscode from 'vscode';
import { dirname } from 'node:path';
import { sanitizeLine } from '../messages/text';
import { Disposables } from '../workspace/disposables';
import type { Project } from '../workspace/project';
import type { ProjectRegistry } from '../workspace/projectRegistry';
import { condition } from '../workspace/projectState';
import type { Settings } from '../workspace/settings';
import { Debouncer } from '../workspace/timing';
import { conditionText } from './presentation/conditionText';
import {
  databaseChildren,
  databaseNode,
  type DatabaseNodeOptions,
  noticeNodes,
} from './presentation/databaseNode';
import type { TreeNode } from './presentation/treeNode';
import { t } from './translate';

/** A database's place in the tree: stays the same while what is shown there changes. */
interface Root {
  readonly project: Project;
}

type Element = Root | TreeNode;

const isRoot = (element: Element): element is Root => !('id' in element);

/** The view in the activity bar: every database with its lock, pending migrations and history. */
export class DatabasesTree implements vscode.TreeDataProvider<Element> {
  private readonly disposables = new Disposables();
  private readonly changed = this.disposables.add(new vscode.EventEmitter<Element | undefined>());
  private readonly roots = new Map<Project, Root>();
  private readonly showAll = new Set<Project>();
  private readonly outdated = new Set<Project | undefined>();
  private readonly view: vscode.TreeView<Element>;
  /** A run reports more than anybody can read. */
  private readonly rendering = this.disposables.add(new Debouncer(() => this.render(), 30, 100));

  readonly onDidChangeTreeData = this.changed.event;

  constructor(
    private readonly registry: ProjectRegistry,
    private readonly settings: Settings,
  ) {
    this.view = this.disposables.add(
      vscode.window.createTreeView('lockstep.databases', {
        treeDataProvider: this,
        showCollapseAll: true,
      }),
    );
    this.disposables.add(
      registry.onDidChange((project) => {
        this.outdated.add(project);
        this.rendering.request();
      }),
    );
    this.disposables.add(vscode.workspace.onDidGrantWorkspaceTrust(() => this.render()));
    this.render();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  /** Lists a database's pending migrations and history in full from now on. */
  showAllOf(project: Project): void {
    this.showAll.add(project);
    this.changed.fire(this.roots.get(project));
  }

  getTreeItem(element: Element): vscode.TreeItem {
    return treeItem(
      isRoot(element) ? databaseNode(element.project, this.optionsOf(element.project), t) : element,
    );
  }

  getChildren(element?: Element): Element[] {
    if (!element) {
      const { projects, search } = this.registry;
      const notices = noticeNodes(search, this.settings.invalid, projects.length > 0, t);
      return [...projects.map((project) => this.rootOf(project)), ...notices];
    }
    return isRoot(element)
      ? databaseChildren(element.project, this.optionsOf(element.project), t)
      : [...(element.children ?? [])];
  }

  private rootOf(project: Project): Root {
    const root = this.roots.get(project) ?? { project };
    this.roots.set(project, root);
    return root;
  }

  private optionsOf(project: Project): DatabaseNodeOptions {
    const isNamesake = (other: Project): boolean =>
      other !== project && other.name === project.name;
    const folder = vscode.Uri.file(dirname(project.state.target.database));
    return {
      showAll: this.showAll.has(project),
      location: this.registry.projects.some(isNamesake)
        ? sanitizeLine(vscode.workspace.asRelativePath(folder))
        : undefined,
    };
  }

  private render(): void {
    const outdated = [...this.outdated];
    this.outdated.clear();
    if (outdated.includes(undefined)) {
      this.forgetGone();
      this.changed.fire(undefined);
    } else {
      outdated.forEach((project) => this.changed.fire(this.roots.get(project!)));
    }
    this.view.badge = this.badge();
    this.view.message = this.message();
  }

  private forgetGone(): void {
    const projects = new Set(this.registry.projects);
    [...this.roots.keys()]
      .filter((project) => !projects.has(project))
      .forEach((project) => this.roots.delete(project) && this.showAll.delete(project));
  }

  private badge(): vscode.ViewBadge | undefined {
    const value = this.registry.projects.reduce(
      (sum, { state }) => sum + (state.status?.pending.length ?? 0),
      0,
    );
    const tooltip =
      value === 1 ? t('1 pending migration') : t('{count} pending migrations', { count: value });
    return value > 0 ? { value, tooltip } : undefined;
  }

  /** What is going on, above the tree. */
  private message(): string | undefined {
    const { projects, search } = this.registry;
    const busy = projects.find(({ state }) => state.run ?? state.lock.kind === 'held');
    if (busy) {
      return `${sanitizeLine(busy.name, 100)}: ${conditionText(condition(busy.state), t).text}`;
    }
    if (search.searching && !search.found) {
      return t('Looking for databases and migrations…');
    }
    return !vscode.workspace.isTrusted && projects.length > 0
      ? t('Restricted Mode: Lockstep looks and runs nothing.')
      : undefined;
  }
}

/** A node as VS Code wants it. */
function treeItem(node: TreeNode): vscode.TreeItem {
  const item = new vscode.TreeItem(node.label, collapsibleState(node));
  item.id = node.id;
  item.description = node.description;
  item.tooltip = node.tooltip ?? node.label;
  item.iconPath = new vscode.ThemeIcon(
    node.icon.name,
    node.icon.color ? new vscode.ThemeColor(node.icon.color) : undefined,
  );
  item.contextValue = node.context;
  item.command = command(node);
  item.accessibilityInformation = {
    label: [node.label, node.description].filter(Boolean).join(', '),
  };
  return item;
}

function collapsibleState({ children, expanded }: TreeNode): vscode.TreeItemCollapsibleState {
  if (!children) {
    return vscode.TreeItemCollapsibleState.None;
  }
  return expanded
    ? vscode.TreeItemCollapsibleState.Expanded
    : vscode.TreeItemCollapsibleState.Collapsed;
}

function command(node: TreeNode): vscode.Command | undefined {
  if (node.opens) {
    return { command: 'lockstep.openMigration', title: '', arguments: [node] };
  }
  return node.command ? { command: node.command, title: '', arguments: [node] } : undefined;
}
