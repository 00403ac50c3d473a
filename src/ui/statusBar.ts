import * as vscode from 'vscode';
import { sanitizeLine } from '../messages/text';
import { Disposables } from '../workspace/disposables';
import type { Project } from '../workspace/project';
import type { ProjectRegistry } from '../workspace/projectRegistry';
import { condition, urgency } from '../workspace/projectState';
import { Ticker } from '../workspace/timing';
import { conditionText, projectFacts } from './presentation/conditionText';
import { escapeIconsAndLinks } from './presentation/text';
import { t } from './translate';

/** The item on the left: the most urgent project of the window in a few words. */
export class StatusBar {
  private readonly disposables = new Disposables();
  private readonly item = this.disposables.add(
    vscode.window.createStatusBarItem('lockstep.status', vscode.StatusBarAlignment.Left, 10),
  );
  /** The seconds of a wait go on between its events. */
  private readonly ticker = this.disposables.add(new Ticker(() => this.render()));

  constructor(private readonly registry: ProjectRegistry) {
    this.item.name = t('Lockstep Migrations');
    this.item.command = 'lockstep.showActions';
    this.disposables.add(registry.onDidChange(() => this.render()));
    this.render();
  }

  dispose(): void {
    this.disposables.dispose();
  }

  private render(): void {
    const projects = [...this.registry.projects].sort((a, b) => rank(a) - rank(b));
    const [first] = projects;
    this.ticker.enable(projects.some(({ state }) => state.run?.waiting));
    if (!first) {
      this.item.hide();
      return;
    }
    const { icon, text } = conditionText(condition(first.state), t, Date.now());
    const label = pendingInSeveral(projects) ?? `${sanitizeLine(first.name, 100)}: ${text}`;
    this.item.text = `$(${icon}) ${escapeIconsAndLinks(label)}`;
    this.item.accessibilityInformation = { label: t('Lockstep, {state}', { state: label }) };
    this.item.tooltip = tooltip(projects);
    this.item.show();
  }
}

function rank({ state }: Project): number {
  return urgency(condition(state));
}

/** When nothing is more urgent than pending migrations, and several databases have some. */
function pendingInSeveral(projects: readonly Project[]): string | undefined {
  const pending = projects
    .map(({ state }) => condition(state))
    .filter((condition) => condition.kind === 'pending');
  const isMostUrgent = projects[0] && condition(projects[0].state).kind === 'pending';
  return isMostUrgent && pending.length > 1
    ? t('{count} pending in {databases} databases', {
        count: pending.reduce((sum, { count }) => sum + count, 0),
        databases: pending.length,
      })
    : undefined;
}

/** The values are untrusted, so they are appended as text, never as Markdown. */
function tooltip(projects: readonly Project[]): vscode.MarkdownString {
  const markdown = new vscode.MarkdownString();
  projects.slice(0, 5).forEach((project, index) => {
    if (index > 0) {
      markdown.appendMarkdown('\n\n---\n\n');
    }
    for (const [name, value] of projectFacts(project.state, t)) {
      markdown.appendMarkdown(`**${name}:** `).appendText(value).appendMarkdown('  \n');
    }
  });
  return markdown;
}
