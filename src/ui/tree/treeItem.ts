import * as vscode from 'vscode';
import type { TreeNode } from './treeNode';

/** A node as VS Code wants it. */
export function treeItem(node: TreeNode): vscode.TreeItem {
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
