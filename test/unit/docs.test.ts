import assert from 'node:assert/strict';
import { existsSync, readdirSync, readFileSync, statSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { lintRules } from '../../src/core/lint/rules';

interface Link {
  readonly file: string;
  readonly target: string;
}

interface Manifest {
  readonly contributes: {
    readonly configuration: { readonly properties: Readonly<Record<string, unknown>> };
  };
}

/** Leads from the file's page on a forge to the repository's own form: no file. */
const advisoryForm = '../../security/advisories/new';

describe('the pages', () => {
  const docs = readdirSync('docs').map((name) => join('docs', name));
  const pages = [
    ...['README.md', 'ARCHITECTURE.md', 'CONTRIBUTING.md', 'SECURITY.md'].filter(existsSync),
    ...docs,
  ];
  const links = pages.flatMap(linksOf);
  const relative = links.filter(({ target }) => !/^[a-z]+:/.test(target));

  it('are all here, each with links', () => {
    assert.ok(docs.length >= 8 && relative.length >= 30, `${docs.length}, ${relative.length}`);
  });

  it('keep the README short enough to be read', () => {
    assert.ok(statSync('README.md').size <= 12 * 1024, `${statSync('README.md').size} bytes`);
  });

  it('lead to files that are here', () => {
    const broken = relative.filter((link) => {
      return link.target !== advisoryForm && !existsSync(pathOf(link));
    });
    assert.deepEqual(broken, []);
  });

  it('name files and folders that are here', () => {
    const named = pages.flatMap((file) => {
      const found = prose(file).matchAll(/`((?:src|test|scripts|docs|\.github|\.ci)\/[\w./-]*)`/g);
      return [...found].map(([, path]) => ({ file, path }));
    });
    assert.ok(named.length >= 20, `${named.length}`);
    assert.deepEqual(
      named.filter(({ path }) => !existsSync(path)),
      [],
    );
  });

  it('lead to headings that are there', () => {
    const broken = relative.filter((link) => {
      const [, anchor] = link.target.split('#');
      return anchor !== undefined && !anchorsOf(pathOf(link)).includes(anchor);
    });
    assert.deepEqual(broken, []);
  });

  it('of docs lead only to what ships with them, under the name that it ships with', () => {
    const folders = ['docs', 'media'];
    const outside = relative.filter((link) => {
      return docs.includes(link.file) && !folders.includes(dirname(pathOf(link)));
    });
    assert.deepEqual(outside, []);
    const shipped = readFileSync('.vscodeignore', 'utf8').split('\n');
    assert.deepEqual(
      folders.filter((folder) => !shipped.includes(`!${folder}/**`)),
      [],
    );
  });

  it('have a heading for each lint rule, to which its diagnostics link, and no other', () => {
    const headings = headingsOf('docs/lint.md').filter((heading) => /^## /.test(heading));
    assert.deepEqual(
      headings.map((heading) => heading.slice(3)).sort(),
      lintRules.map(({ name }) => name).sort(),
    );
  });

  it('name each setting, and none that is not there', () => {
    const { contributes } = JSON.parse(readFileSync('package.json', 'utf8')) as Manifest;
    const settings = Object.keys(contributes.configuration.properties).filter(
      (name) => !name.startsWith('lockstep.lint.'),
    );
    const readme = readFileSync('README.md', 'utf8');
    const rows = [...readme.matchAll(/^\| `(lockstep\.[\w.<>]+)`/gm)].map(([, name]) => name);
    assert.deepEqual(rows.sort(), [...settings, 'lockstep.lint.<rule>'].sort());
  });
});

function linksOf(file: string): Link[] {
  const found = prose(file).matchAll(/\]\(([^()\s]+)\)/g);
  return [...found].map(([, target]) => ({ file, target }));
}

/** The file that a link leads to, which may be the one it stands in. */
function pathOf({ file, target }: Link): string {
  const [path] = target.split('#');
  return path ? normalize(join(dirname(file), path)) : file;
}

function headingsOf(file: string): string[] {
  return prose(file).match(/^#+ .*$/gm) ?? [];
}

/** As GitHub and VS Code make them of headings; none of ours occurs twice in a page. */
function anchorsOf(file: string): string[] {
  return headingsOf(file).map((heading) =>
    heading
      .replace(/^#+ /, '')
      .toLowerCase()
      .replace(/[^\p{L}\p{N}\s_-]/gu, '')
      .replace(/\s/g, '-'),
  );
}

/** Without its blocks of code, in which nothing is a heading or a link. */
function prose(file: string): string {
  return readFileSync(file, 'utf8').replace(/^```[^]*?^```$/gm, '');
}
