import { Minimatch, type MinimatchOptions } from 'minimatch';

/**
 * As VS Code reads `files.exclude`, the same on every system: names with a dot are like others,
 * upper case is not lower case, and `!`, `#`, `+(…)` and `..` stand for themselves.
 */
const options: MinimatchOptions = {
  dot: true,
  nocomment: true,
  noext: true,
  nonegate: true,
  windowsPathsNoEscape: true,
  preserveMultipleSlashes: true,
  optimizationLevel: 0,
  platform: 'linux',
  // 16 groups in a row are 65536 patterns.
  braceExpandMax: 256,
};

/** Longer ones, all together, are no settings that somebody wrote. In UTF-16 units. */
const mostRisky = 2000;

/**
 * Makes one test of several glob patterns, in the syntax of VS Code's `files.exclude`
 * (https://code.visualstudio.com/docs/editor/glob-patterns): `*`, `?`, `**`, `{a,b}`, `[0-9]`,
 * `[!a]`. A pattern must fit the whole path; `x/**` also fits the folder `x` itself, so that it need
 * not be entered. What cannot be read as a pattern fits nothing.
 *
 * @returns whether a path, relative to the root and with `/`, fits one of them
 */
export function compileGlobs(patterns: readonly string[]): (relativePath: string) => boolean {
  let risky = 0;
  const tests = patterns.flatMap((pattern) => {
    const trimmed = pattern.replace(/^\.?\/+/, '').replace(/(?<!\/)\/+$/, '');
    risky += isRisky(trimmed) ? trimmed.length : 0;
    try {
      return isRisky(trimmed) && risky > mostRisky ? [] : [compile(trimmed)];
    } catch {
      return [];
    }
  });
  return (path) => tests.some((test) => test(path));
}

function compile(pattern: string): (path: string) => boolean {
  // A shell leaves `{a}` as it is and counts in `{1..3}`; VS Code does neither.
  const glob = new Minimatch(pattern.replace(/\{([^{},]*)\}/g, '$1'), options);
  return pattern.includes('/**')
    ? (path) => glob.match(path) || glob.match(`${path}/`)
    : (path) => glob.match(path);
}

/** Whether a pattern has many ways to fit: settings may come from anybody, as `*a*a*a*a*a*b` does. */
function isRisky(pattern: string): boolean {
  return pattern.length > mostRisky || (pattern.match(/\*+|\{/g) ?? []).length > 4;
}
