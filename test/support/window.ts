import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { Browser, BrowserContext, Locator, Page } from 'playwright-core';
import { hostPaths } from './hostPaths';

/** A row of a tree, as a person sees it. */
export interface TreeRow {
  /** Counts from 1. */
  readonly level: number;
  readonly label: string;
  readonly description: string;
  /** Absent for a row without children. */
  readonly expanded?: boolean;
  /** What a screen reader says. */
  readonly accessible: string;
}

export interface Toast {
  readonly severity: 'info' | 'warning' | 'error' | 'progress';
  readonly message: string;
  readonly buttons: readonly string[];
}

/** How long one step may take before it counts as not happening, in milliseconds. */
const stepLimit = 15_000;

/** One VS Code window, driven as a person would: keyboard, mouse and what is on the screen. */
export class Window {
  private constructor(
    private readonly context: BrowserContext,
    /** For what has no helper here. */
    readonly page: Page,
  ) {}

  /** Opens an address of a server and waits until the workbench is drawn. */
  static async open(browser: Browser, address: string): Promise<Window> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.setDefaultTimeout(stepLimit);
    await page.goto(address, { timeout: 60_000 });
    await page.locator('.part.statusbar').waitFor({ timeout: 60_000 });
    return new Window(context, page);
  }

  /** Runs a command from the palette. `title` is what the palette shows: "Category: Title". */
  async runCommand(title: string): Promise<void> {
    const row = this.quickPickRow(title);
    await this.until(`palette entry: ${title}`, stepLimit * 2, async () => {
      await this.openPalette(`>${title}`);
      // The list is made once: a command that turns up later is only in the next one.
      const seen = await row.waitFor({ timeout: 3_000 }).then(
        () => true,
        () => false,
      );
      if (!seen) {
        await this.page.keyboard.press('Escape');
      }
      return seen || 'the palette has not got it';
    });
    await row.click();
  }

  /** Opens the palette (or quick open, without a leading `>`) with this text in it. */
  async openPalette(text: string): Promise<void> {
    await this.page.keyboard.press('F1');
    await this.quickInput.fill(text);
  }

  /** The text field of whatever quick pick or input box is open. */
  get quickInput(): Locator {
    return this.page.locator('.quick-input-widget:visible input.input');
  }

  /** The entries of the quick pick that is open, each as one line. */
  async quickPickRows(): Promise<string[]> {
    const rows = this.page.locator('.quick-input-widget:visible .monaco-list-row');
    await rows.first().waitFor();
    return (await rows.allInnerTexts()).map(sanitizeLine);
  }

  /** Chooses an entry of the quick pick that is open. */
  async pick(text: string | RegExp): Promise<void> {
    await this.quickPickRow(text).click();
  }

  private quickPickRow(text: string | RegExp): Locator {
    return this.page
      .locator('.quick-input-widget:visible .monaco-list-row', { hasText: text })
      .first();
  }

  /** Fills the input box that is open and confirms it. */
  async answer(text: string): Promise<void> {
    await this.quickInput.fill(text);
    await this.page.keyboard.press('Enter');
  }

  /** A status bar item by its full id, `<publisher>.<name>.<id of the item>`. */
  statusItem(id = 'lockstep.lockstep.lockstep.status'): Locator {
    return this.page.locator(`[id="${id}"]`);
  }

  /** The words of the extension's status bar item, without its icon. Waits until it is there. */
  async statusText(): Promise<string> {
    return sanitizeLine(await this.statusItem().innerText({ timeout: 60_000 }));
  }

  /** What a screen reader says for the extension's status bar item. */
  async statusLabel(): Promise<string> {
    return (await this.statusItem().getAttribute('aria-label', { timeout: 60_000 })) ?? '';
  }

  /** Waits until the status bar item says this; `limit` is in milliseconds. */
  async waitForStatus(text: RegExp, limit = 60_000): Promise<string> {
    await this.until(`status bar: ${text}`, limit, async () =>
      text.test(await this.statusText()) ? true : `it says "${await this.statusText()}"`,
    );
    return this.statusText();
  }

  /** The tooltip of the status bar item, by hovering it. */
  async statusTooltip(): Promise<string> {
    await this.statusItem().locator('a').hover();
    const text = await this.page.locator('.monaco-hover:visible').last().innerText();
    await this.page.mouse.move(640, 300);
    return text;
  }

  /** Shows the extension's view container, if it is not shown yet. */
  async openView(container = 'Lockstep'): Promise<void> {
    const item = this.page.locator('.activitybar .action-item', {
      has: this.page.locator(`a[aria-label^="${container}"]`),
    });
    await item.first().waitFor();
    if (!/checked/.test((await item.first().getAttribute('class')) ?? '')) {
      await item.first().click();
      await this.page.mouse.move(640, 300);
    }
    await this.page.locator('.part.sidebar .pane').first().waitFor();
  }

  /** The number on the view container's icon; empty without one. */
  async badge(container = 'Lockstep'): Promise<string> {
    const item = this.page.locator('.activitybar .action-item', {
      has: this.page.locator(`a[aria-label^="${container}"]`),
    });
    const badge = item.locator('.badge-content');
    return (await badge.count()) > 0 ? sanitizeLine(await badge.first().innerText()) : '';
  }

  /** The rows of the tree in the side bar that are on the screen. */
  async treeRows(): Promise<TreeRow[]> {
    // Read in one go: the tree may be redrawn between two questions.
    return this.page.locator('.part.sidebar .pane-body .monaco-list-row').evaluateAll((rows) =>
      rows
        .map((row) => ({ row, top: row.getBoundingClientRect().top }))
        .sort((a, b) => a.top - b.top)
        .map(({ row }) => {
          const text = (selector: string): string =>
            (row.querySelector(selector)?.textContent ?? '').replace(/\s+/g, ' ').trim();
          const expanded = row.getAttribute('aria-expanded');
          return {
            level: Number(row.getAttribute('aria-level')),
            label: text('.label-name'),
            description: text('.label-description'),
            ...(expanded === null ? {} : { expanded: expanded === 'true' }),
            accessible: row.getAttribute('aria-label') ?? '',
          };
        }),
    );
  }

  /** The tree as indented lines, for people and for messages. */
  async treeText(): Promise<string> {
    return (await this.treeRows())
      .map(
        ({ level, label, description }) =>
          `${'  '.repeat(level - 1)}${label}${description ? `  ${description}` : ''}`,
      )
      .join('\n');
  }

  /** Waits until the tree, as indented lines, says this; `limit` is in milliseconds. */
  async waitForTree(text: RegExp, limit = 60_000): Promise<string> {
    await this.until(`tree: ${text}`, limit, async () => {
      const tree = await this.treeText();
      return text.test(tree) ? true : `it says\n${tree}`;
    });
    return this.treeText();
  }

  /** The row of the tree whose label begins with this. */
  treeRow(label: string): Locator {
    return this.page
      .locator('.part.sidebar .pane-body .monaco-list-row', {
        has: this.page.locator('.label-name', { hasText: new RegExp(`^\\s*${escape(label)}`) }),
      })
      .first();
  }

  /** Opens a row that has children. */
  async expand(label: string): Promise<void> {
    const row = this.treeRow(label);
    if ((await row.getAttribute('aria-expanded')) === 'false') {
      await row.locator('.monaco-tl-twistie').click();
    }
  }

  /** Presses an inline button of a row, by the title of its command. */
  async inlineAction(label: string, title: string | RegExp): Promise<void> {
    const row = this.treeRow(label);
    await row.hover();
    await row.getByRole('button', { name: title }).click();
  }

  /** Chooses an entry of the context menu of a row. */
  async contextMenu(label: string, entry: string): Promise<void> {
    await this.treeRow(label).click({ button: 'right' });
    const menu = this.page.locator('.monaco-menu:visible');
    await menu.waitFor();
    // The menu swallows a click that comes with its opening.
    await this.page.waitForTimeout(300);
    await menu.getByText(entry, { exact: true }).first().click();
  }

  /** The text and button of the view when it has nothing to show. */
  async welcomeText(): Promise<string> {
    return this.page.locator('.part.sidebar .welcome-view-content').first().innerText();
  }

  /** The notifications on the screen. */
  async toasts(): Promise<Toast[]> {
    const toasts = await this.page.locator('.notification-toast').all();
    return Promise.all(
      toasts.map(async (toast) => ({
        severity: severityOf(
          (await toast.locator('.notification-list-item-icon').first().getAttribute('class')) ?? '',
        ),
        message: sanitizeLine(await toast.locator('.notification-list-item-message').innerText()),
        buttons: (
          await toast
            .locator('.notification-list-item-buttons-container .monaco-button')
            .allInnerTexts()
        ).map(sanitizeLine),
      })),
    );
  }

  /** Waits for a notification with this text. */
  async waitForToast(text: string | RegExp, limit = 60_000): Promise<Locator> {
    const toast = this.page.locator('.notification-toast', { hasText: text }).first();
    await toast.waitFor({ timeout: limit });
    return toast;
  }

  /** Presses a button of the notification with this text. */
  async answerToast(text: string | RegExp, button: string | RegExp): Promise<void> {
    await (await this.waitForToast(text)).getByRole('button', { name: button }).click();
  }

  /** The modal dialog that is open; `.innerText()` for its words. */
  get modal(): Locator {
    return this.page.locator('.monaco-dialog-box');
  }

  async answerModal(button: string | RegExp): Promise<void> {
    await this.modal.getByRole('button', { name: button }).click();
  }

  /** Opens a file of the workspace by its name. */
  async openFile(name: string): Promise<void> {
    await this.page.keyboard.press('Control+P');
    await this.quickInput.fill(name);
    await this.quickPickRow(name).waitFor();
    await this.page.keyboard.press('Enter');
    await this.page.locator(`.tab[data-resource-name="${name}"]`).waitFor();
  }

  /** Saves what is on the screen below `out/screenshots` and gives the path. */
  async screenshot(name: string): Promise<string> {
    await mkdir(hostPaths.screenshots, { recursive: true });
    const path = join(hostPaths.screenshots, `${name.replace(/[^\w.-]+/g, '-')}.png`);
    await this.page.screenshot({ path });
    return path;
  }

  /** Loads the window anew: its extension host ends and another one starts. */
  async reload(): Promise<void> {
    await this.page.reload();
    await this.page.locator('.part.statusbar').waitFor({ timeout: 60_000 });
  }

  /** Kills the window's page; the server keeps its extension host for the grace time. */
  async crash(): Promise<void> {
    await this.page.goto('chrome://crash').catch(() => {});
  }

  /** Closes the window as a person does: its extension host is told and ends. */
  async close(): Promise<void> {
    await this.context.close();
  }

  /** Asks again and again until the answer is true, or fails with the last answer. */
  private async until(
    what: string,
    limit: number,
    ask: () => Promise<true | string>,
  ): Promise<void> {
    const end = Date.now() + limit;
    for (;;) {
      const answer = await ask();
      if (answer === true) {
        return;
      }
      if (Date.now() > end) {
        throw new Error(`Not seen within ${limit / 1000} s: ${what}; ${answer}`);
      }
      await this.page.waitForTimeout(50);
    }
  }
}

function severityOf(classes: string): Toast['severity'] {
  const found = /codicon-(info|warning|error)/.exec(classes)?.[1];
  return (found as Toast['severity'] | undefined) ?? 'progress';
}

function sanitizeLine(text: string): string {
  return text.replace(/\s+/g, ' ').trim();
}

function escape(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, '\\$&');
}
