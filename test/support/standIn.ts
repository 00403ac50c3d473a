import { readFileSync } from 'node:fs';
import { launchBrowser } from './browser';
import { VsCodeServer } from './vscodeServer';

/** Takes a desktop's test-run arguments and does the same on the server and a headless page. */
async function main(args: readonly string[]): Promise<number> {
  const server = await VsCodeServer.start({ testDriver: true, settings: userSettings(args) });
  const browser = await launchBrowser();
  const log: string[] = [];
  try {
    const page = await browser.newPage();
    const ended = new Promise<number>((resolve) => {
      void page.exposeFunction('codeAutomationExit', (code: number) => resolve(code));
      page.once('crash', () => resolve(1));
    });
    await page.exposeFunction('codeAutomationLog', (severity: string, words: unknown[]) => {
      log.push(`${severity} ${words.join(' ')}`);
    });
    await page.goto(testAddress(server, args), { timeout: 60_000 });
    const code = await ended;
    if (code !== 0) {
      console.log(log.slice(-60).join('\n'));
    }
    return code;
  } finally {
    await browser.close();
    await server.stop();
  }
}

/** A page that loads the extension under test and runs its tests, see `--extensionTestsPath`. */
function testAddress(server: VsCodeServer, args: readonly string[]): string {
  const authority = new URL(server.url).host;
  const payload = ['extensionDevelopmentPath', 'extensionTestsPath'].flatMap((name) =>
    values(args, name).map((path) => [name, `vscode-remote://${authority}${path}`]),
  );
  const folder = args.find((arg) => !arg.startsWith('-'));
  return `${server.address(folder)}&payload=${encodeURIComponent(JSON.stringify(payload))}`;
}

function userSettings(args: readonly string[]): Record<string, unknown> {
  const [folder] = values(args, 'user-data-dir');
  try {
    return JSON.parse(readFileSync(`${folder}/User/settings.json`, 'utf8'));
  } catch {
    return {}; // none given
  }
}

function values(args: readonly string[], name: string): string[] {
  const start = `--${name}=`;
  return args.filter((arg) => arg.startsWith(start)).map((arg) => arg.slice(start.length));
}

for (const signal of ['SIGINT', 'SIGTERM'] as const) {
  process.on(signal, () => process.exit(130));
}
main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
