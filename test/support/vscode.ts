import { basename } from 'node:path';
import type { Browser } from 'playwright-core';
import { launchBrowser } from './browser';
import { type ServerOptions, VsCodeServer } from './vscodeServer';
import { Window } from './window';

/** A server, a browser, and the windows opened with them. */
export class VsCode {
  private readonly windows: Window[] = [];

  private constructor(
    readonly server: VsCodeServer,
    private readonly browser: Browser,
  ) {}

  /** Starts both, with a packaged extension installed when one is given. */
  static async start(vsix?: string, options?: ServerOptions): Promise<VsCode> {
    const server = await VsCodeServer.start(options);
    try {
      if (vsix) {
        await server.install(vsix);
      }
      return new VsCode(server, await launchBrowser());
    } catch (error) {
      await server.stop();
      throw error;
    }
  }

  /** Opens a window on a folder or a `.code-workspace` file, or an empty one. */
  async open(folder?: string): Promise<Window> {
    const window = await Window.open(this.browser, this.server.address(folder));
    this.windows.push(window);
    return window;
  }

  /** Opens a window on a folder with our view in front, once it has looked. */
  async openView(folder: string): Promise<Window> {
    const window = await this.open(folder);
    await window.openView();
    await window.waitForStatus(/^(?!.*looking)./);
    return window;
  }

  /** Saves what every open window shows, for a failure's story. */
  async screenshots(name: string): Promise<string[]> {
    const open = this.windows.filter(({ page }) => !page.isClosed());
    return Promise.all(open.map((window, i) => window.screenshot(`${name}-${i + 1}`)));
  }

  /** Closes every window opened so far. */
  async closeWindows(): Promise<void> {
    await Promise.all(this.windows.splice(0).map((window) => window.close()));
  }

  async stop(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
  }
}

/**
 * For a suite of window tests: a VS Code with the packaged extension (path in `LOCKSTEP_VSIX`),
 * started before its tests and stopped after them; windows are closed after each test, and of a
 * failing one a screenshot of each is kept.
 */
export function useVsCode(options?: ServerOptions): { (): VsCode } {
  let code: VsCode | undefined;
  before(async () => {
    code = await VsCode.start(process.env['LOCKSTEP_VSIX'], options);
  });
  afterEach(async function () {
    if (this.currentTest?.state === 'failed') {
      const name = `failed ${this.currentTest.fullTitle()}`.slice(0, 120);
      const saved = await code?.screenshots(name).catch(() => []);
      console.log(
        `  seen at the failure: out/screenshots/${saved?.map((p) => basename(p)).join(', ')}`,
      );
    }
    await code?.closeWindows();
  });
  after(() => code?.stop());
  return () => code!;
}
