import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { type Browser, chromium } from 'playwright-core';
import { hostPaths } from './hostPaths';

/** Starts the headless browser that npm carries, with its own libraries and fonts where the system has none. */
export function launchBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: hostPaths.browser,
    env: browserEnvironment(),
    timeout: 60_000,
    args: [
      '--headless',
      '--no-sandbox',
      '--disable-gpu',
      '--disable-quic',
      '--disable-dev-shm-usage',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
    ],
  });
}

function browserEnvironment(): Record<string, string> {
  const env: Record<string, string> = {};
  if (spawnSync(hostPaths.browser, ['--version']).status !== 0) {
    env['LD_LIBRARY_PATH'] = [hostPaths.browserLibraries, process.env['LD_LIBRARY_PATH']]
      .filter(Boolean)
      .join(':');
  }
  if (!existsSync('/etc/fonts/fonts.conf')) {
    env['FONTCONFIG_FILE'] = hostPaths.fontSettings;
  }
  return { ...(process.env as Record<string, string>), ...env };
}
