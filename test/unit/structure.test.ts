import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { builtinModules } from 'node:module';
import { posix } from 'node:path';

// Holds the source to ARCHITECTURE.md: what a folder is, what it may import, how large things get.

/** A file below `src`, by its path there with slashes, such as `core/plan/plan.ts`. */
interface Source {
  readonly path: string;
  readonly lines: number;
  readonly imports: readonly Import[];
}

interface Import {
  /** As it is written. */
  readonly from: string;
  /** The file below `src` that it means; undefined where it is a package. */
  readonly to?: string;
}

/**
 * What each room may import: of other folders of `src`, itself always. The longest name that fits a
 * file is its room; `extension.ts`, which puts all together, and `cli.ts` are in none.
 */
const rooms: Readonly<Record<string, readonly string[]>> = {
  core: [],
  system: ['core'],
  lock: ['core', 'system'],
  sqlite: ['core', 'system'],
  messages: ['core'],
  migrator: ['core', 'system', 'lock', 'sqlite'],
  'migrator/service': ['core', 'system', 'lock', 'sqlite', 'migrator'],
  'migrator/thread': ['core', 'system', 'sqlite', 'migrator'],
  workspace: ['core', 'migrator/client.ts', 'migrator/protocol.ts'],
  ui: ['core', 'messages', 'workspace'],
  cli: ['core', 'messages', 'migrator'],
};

/** The floors of the core, lowest first: what is on one knows only those below, and itself. */
const floors: readonly (readonly string[])[] = [
  ['model.ts', 'errors.ts', 'connection.ts'],
  ['sql'],
  ['checksum.ts', 'schema'],
  ['history'],
  ['formats'],
  ['plan'],
  ['run', 'lint'],
  ['rehearsal'],
  ['drift.ts'],
];

/** Files of a room that others in it may not import, with those who may. */
const closed: readonly { readonly what: RegExp; readonly from: RegExp; readonly why: string }[] = [
  {
    what: /^migrator\/thread\//,
    from: /^(?!migrator\/thread\/)/,
    why: 'SQL is run in the database thread only',
  },
  {
    what: /^migrator\/service\//,
    from: /^migrator\/(?!service\/)/,
    why: 'a thread and what both sides share know nothing of the main thread',
  },
  {
    what: /^sqlite\/(writer|.*[cC]onnection)/,
    from: /^migrator\/service\//,
    why: 'the main thread has no connection',
  },
];

/** Packages that only these folders may load. */
const reserved: Readonly<Record<string, readonly string[]>> = {
  vscode: ['extension.ts', 'ui/', 'workspace/'],
  'node:sqlite': ['sqlite/native/'],
  'sql.js': ['sqlite/sqljs/'],
  'proper-lockfile': ['lock/'],
};

/** Libraries that only compute, on texts and bytes: all that the core may load. */
const pure: readonly string[] = ['node:crypto', 'node:path', 'diff'];

/** Uniform lists, in which a file may be as small and a folder as large as its subject makes it. */
const lists: readonly string[] = ['core/lint/rules/', 'core/formats/'];

/** What is run or loaded by path, or declares a package. */
const entries: readonly string[] = [
  'extension.ts',
  'cli.ts',
  'migrator/service/main.ts',
  'migrator/thread/databaseThread.ts',
];

const bounds = { averageLines: 110, mostLines: 400, smallLines: 60, filesInFolder: 15 };

describe('the structure of the source', () => {
  const files = readSources();
  const byPath = new Map(files.map((file) => [file.path, file]));
  const all = files.flatMap((file) => file.imports.map((it) => ({ path: file.path, ...it })));

  it('reads the source', () => {
    assert.ok(files.length > 50 && all.filter(({ to }) => to).length > 100);
    assert.deepEqual(
      all.filter(({ from, to }) => from.startsWith('.') && !to),
      [],
    );
  });

  it('keeps to the import table', () => {
    const wrong = all.filter(({ path, to }) => {
      const room = roomOf(path);
      return to && room && !isIn(to, room) && !rooms[room].some((allowed) => isIn(to, allowed));
    });
    assert.deepEqual(told(wrong), []);
  });

  it('keeps the floors of the core', () => {
    const floorOf = (place: string): number => floors.findIndex((floor) => floor.includes(place));
    const wrong = all.filter(({ path, to }) => {
      if (!to || !isIn(path, 'core') || !isIn(to, 'core')) {
        return false;
      }
      const [, mine] = path.split('/');
      const [, theirs] = to.split('/');
      assert.ok(floorOf(mine) >= 0, `${path} is on no floor`);
      return mine !== theirs && floorOf(mine) > 0 && floorOf(theirs) >= floorOf(mine);
    });
    assert.deepEqual(told(wrong), []);
  });

  for (const { what, from, why } of closed) {
    it(`keeps closed doors: ${why}`, () => {
      const wrong = all.filter(({ path, to }) => to && from.test(path) && what.test(to));
      assert.deepEqual(told(wrong), []);
    });
  }

  it('keeps engines, the lock library and vscode where they belong', () => {
    const wrong = all.filter(
      ({ path, from }) =>
        from in reserved && !reserved[from].some((folder) => path.startsWith(folder)),
    );
    assert.deepEqual(told(wrong), []);
  });

  it('keeps the core to pure parsing libraries: no files, no processes', () => {
    const wrong = all.filter(
      ({ path, from, to }) => isIn(path, 'core') && !to && !pure.includes(from),
    );
    assert.deepEqual(told(wrong), []);
  });

  it('keeps vscode out of the pure part of ui, with all that it imports', () => {
    const pureFiles = files.filter(({ path }) => path.startsWith('ui/presentation/'));
    assert.ok(pureFiles.length > 2);
    const reached = new Set<string>();
    const visit = (path: string): void => {
      if (!reached.has(path)) {
        reached.add(path);
        byPath.get(path)?.imports.forEach(({ to }) => to && visit(to));
      }
    };
    pureFiles.forEach(({ path }) => visit(path));
    const wrong = all.filter(({ path, from }) => from === 'vscode' && reached.has(path));
    assert.deepEqual(told(wrong), []);
  });

  it('has no circle', () => {
    assert.deepEqual(circles(byPath), []);
  });

  it('keeps a file a subject: neither a slice nor a heap', () => {
    const lines = files.reduce((sum, file) => sum + file.lines, 0);
    assert.ok(lines / files.length >= bounds.averageLines, `${lines} in ${files.length} files`);
    assert.deepEqual(
      files.filter((file) => file.lines > bounds.mostLines).map(({ path }) => path),
      [],
    );
  });

  it('keeps no file for one small function of another file', () => {
    const tested = importedByTests();
    const slices = files.filter(
      ({ path, lines }) =>
        lines < bounds.smallLines &&
        !entries.includes(path) &&
        !lists.some((list) => path.startsWith(list)) &&
        !tested.has(path) &&
        new Set(all.filter(({ to }) => to === path).map((it) => it.path)).size === 1,
    );
    assert.deepEqual(
      slices.map(({ path }) => path),
      [],
    );
  });

  it('keeps folders small enough to read', () => {
    const counts = new Map<string, number>();
    for (const { path } of files) {
      const folder = `${posix.dirname(path)}/`;
      counts.set(folder, (counts.get(folder) ?? 0) + 1);
    }
    const large = [...counts].filter(
      ([folder, count]) => count > bounds.filesInFolder && !lists.includes(folder),
    );
    assert.deepEqual(large, []);
  });

  it('has a basename once in a room', () => {
    const seen = new Map<string, string[]>();
    for (const { path } of files) {
      const [room, ...rest] = path.split('/');
      const key = rest.length ? `${room}: ${posix.basename(path)}` : path;
      seen.set(key, [...(seen.get(key) ?? []), path]);
    }
    assert.deepEqual(
      [...seen.values()].filter((paths) => paths.length > 1),
      [],
    );
  });

  it('has its unit tests in folders of the same names', () => {
    const folders = new Set(files.map(({ path }) => posix.dirname(path)));
    const elsewhere = list('test/unit').filter((path) => {
      const folder = posix.dirname(path);
      return !isIn(path, 'scripts') && !folders.has(folder);
    });
    assert.deepEqual(elsewhere, []);
  });

  it('keeps no state in modules', () => {
    const mutable = files.filter(({ path }) =>
      /^(export )?(let|var) /m.test(readFileSync(posix.join('src', path), 'utf8')),
    );
    assert.deepEqual(
      mutable.map(({ path }) => path),
      [],
    );
  });
});

function readSources(): Source[] {
  return list('src').map((path) => {
    const text = readFileSync(posix.join('src', path), 'utf8');
    const imports = importsOf(text).map((from) => ({ from, to: resolve('src', path, from) }));
    return { path, lines: text.split('\n').length - 1, imports };
  });
}

/** TypeScript files below a folder, by their paths there. */
function list(folder: string): string[] {
  return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
    if (entry.isDirectory() && entry.name !== 'node_modules') {
      return list(posix.join(folder, entry.name)).map((file) => `${entry.name}/${file}`);
    }
    return entry.name.endsWith('.ts') ? [entry.name] : [];
  });
}

function importsOf(text: string): string[] {
  const found = text.matchAll(/(?:^|[^.\w])(?:from|import|require)\s*\(?\s*'([^']+)'/g);
  return [...found].map(([, from]) => from).filter((from) => isPath(from) || isPackage(from));
}

function isPath(from: string): boolean {
  return from.startsWith('.') && !from.endsWith('.json');
}

function isPackage(from: string): boolean {
  return from.startsWith('node:') || builtinModules.includes(from) || /^[@a-z]/.test(from);
}

/** The file an import means, by its path below `src`. */
function resolve(root: string, path: string, from: string): string | undefined {
  const base = posix.join(root, posix.dirname(path), from);
  const file = [`${base}.ts`, `${base}.d.ts`].find((name) => isPath(from) && existsSync(name));
  return file && posix.relative('src', file);
}

function importedByTests(): Set<string> {
  const found = list('test').flatMap((path) =>
    importsOf(readFileSync(posix.join('test', path), 'utf8')).map((from) =>
      resolve('test', path, from),
    ),
  );
  return new Set(found.filter((path) => path !== undefined));
}

function roomOf(path: string): string | undefined {
  return Object.keys(rooms)
    .filter((room) => isIn(path, room))
    .sort((a, b) => b.length - a.length)[0];
}

/** Whether a file is the one named, or below the folder named. */
function isIn(path: string, place: string): boolean {
  return path === place || path.startsWith(`${place}/`);
}

function told(imports: readonly { path: string; from: string }[]): string[] {
  return imports.map(({ path, from }) => `${path} imports ${from}`);
}

/** Files that import each other, in whatever steps: one way round for each. */
function circles(files: ReadonlyMap<string, Source>): string[] {
  const done = new Set<string>();
  const found: string[] = [];
  const visit = (path: string, way: readonly string[]): void => {
    if (way.includes(path)) {
      found.push([...way.slice(way.indexOf(path)), path].join(' → '));
    } else if (!done.has(path)) {
      files.get(path)?.imports.forEach(({ to }) => to && visit(to, [...way, path]));
      done.add(path);
    }
  };
  [...files.keys()].forEach((path) => visit(path, []));
  return found;
}
