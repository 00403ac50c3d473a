import {
  SilentReporter,
  downloadAndUnzipVSCode,
  resolveCliPathFromVSCodeExecutablePath,
} from '@vscode/test-electron';

/** Is there anything to show a window on? */
export function hasDisplay() {
  return process.platform !== 'linux' || !!(process.env.DISPLAY || process.env.WAYLAND_DISPLAY);
}

/**
 * The executable of a desktop VS Code, downloaded into `.vscode-test` unless it is there already;
 * otherwise `{ obstacle }`, why there is none. Gives up after `limit` milliseconds.
 */
export async function desktop(limit = 180_000) {
  if (!hasDisplay()) {
    return { obstacle: 'there is no display' };
  }
  let timer;
  try {
    const late = new Promise((_, reject) => {
      timer = setTimeout(() => reject(new Error(`not there after ${limit / 1000} s`)), limit);
    });
    const download = downloadAndUnzipVSCode({
      reporter: new SilentReporter(),
      timeout: Math.min(limit, 30_000),
    });
    return { executable: await Promise.race([download, late]) };
  } catch (error) {
    return { obstacle: `it cannot be downloaded (${error.message})` };
  } finally {
    clearTimeout(timer);
  }
}

/** The command that opens windows of the downloaded desktop; undefined without one. */
export async function desktopCommand() {
  const { executable } = await desktop();
  return executable && resolveCliPathFromVSCodeExecutablePath(executable);
}
