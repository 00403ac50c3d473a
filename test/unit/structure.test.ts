import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';

const source = 'src';

interface Import {
  readonly file: string;
  readonly from: string;
}

/** What each folder may import of the others; itself always. `extension.ts` puts all together. */
const allowed: Readonly<Record<string, readonly string[]>> = {
  core: [],
  process: ['core'],
  sqlite: ['core', 'process'],
  lock: ['core', 'process'],
  migrator: ['core', 'process', 'sqlite', 'lock'],
  messages: ['core'],
  workspace: ['core', 'migrator'],
  ui: ['core', 'messages', 'workspace'],
  cli: ['core', 'migrator', 'messages'],
};

/** Modules that only these folders may load. */
const reserved: Readonly<Record<string, readonly string[]>> = {
  vscode: ['ui', 'workspace', ''],
  'node:sqlite': ['sqlite'],
  'sql.js': ['sqlite'],
  'proper-lockfile': ['lock'],
};

describe('the structure of the source', () => {
  const files = readdirSync(source, { recursive: true })
    .map(String)
    .filter((file) => file.endsWith('.ts'))
    .map((file) => join(source, file));
  const imports = files.flatMap((file) => importsOf(file));

  it('reads the source', () => {
    assert.ok(files.length > 50 && imports.length > 100);
  });

  it('keeps the arrows: core knows nobody', () => {
    const wrong = imports.filter(({ file, from }) => {
      if (!from.startsWith('.') || from.endsWith('.json')) {
        return false;
      }
      const mine = folderOf(file);
      const theirs = folderOf(join(dirname(file), from));
      return mine in allowed && mine !== theirs && !allowed[mine].includes(theirs);
    });
    assert.deepEqual(wrong, []);
  });

  it('keeps engines, the lock library and vscode where they belong', () => {
    const wrong = imports.filter(
      ({ file, from }) => from in reserved && !reserved[from].includes(folderOf(file)),
    );
    assert.deepEqual(wrong, []);
  });

  it('keeps files and processes out of the core', () => {
    const wrong = imports.filter(
      ({ file, from }) =>
        folderOf(file) === 'core' && /^(node:)?(fs|child_process|worker_threads|os)\b/.test(from),
    );
    assert.deepEqual(wrong, []);
  });

  it('keeps files short', () => {
    const long = files.filter((file) => readFileSync(file, 'utf8').split('\n').length > 301);
    assert.deepEqual(long, []);
  });

  it('keeps no state in modules', () => {
    const mutable = files.filter((file) =>
      /^(export )?(let|var) /m.test(readFileSync(file, 'utf8')),
    );
    assert.deepEqual(mutable, []);
  });
});

/** The first folder below `src`, or nothing for what stands in `src` itself. */
function folderOf(path: string): string {
  const [first, ...rest] = relative(source, path).split(/[\\/]/);
  return rest.length ? first : '';
}

function importsOf(file: string): Import[] {
  const text = readFileSync(file, 'utf8');
  const found = text.matchAll(/(?:from|import|require|import\()\s*\(?'([^']+)'/g);
  return [...found].map(([, from]) => ({ file, from }));
}
