import { join } from 'node:path';

/** The repository: every runner starts there. */
export const root = process.cwd();

const modules = join(root, 'test', 'support', 'vscode-host', 'node_modules');

/** Where the set-up script has put the VS Code server and the browser that npm carries. */
export const hostPaths = {
  server: join(modules, 'code-server', 'lib', 'vscode', 'out', 'server-main.js'),
  builtinExtensions: join(modules, '.made', 'extensions'),
  browser: join(modules, '.made', 'chromium'),
  browserLibraries: join(modules, '.made', 'lib'),
  fontSettings: join(modules, '.made', 'fonts.conf'),
  screenshots: join(root, 'out', 'screenshots'),
} as const;
