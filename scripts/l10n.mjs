// Writes what follows from the source: every sentence that can be translated into
// l10n/bundle.l10n.json, and the settings of the lint rules into package.json and package.nls.json.
// With --check it only says which of these files are not up to date.
import { build } from 'esbuild';
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

const rules = await lintRules();
await update('l10n/bundle.l10n.json', sentences);
await update('package.json', (manifest) => {
  const { configuration } = manifest.contributes;
  configuration.properties = withSettings(configuration.properties, 'lockstep.lint.', setting);
  return manifest;
});
await update('package.nls.json', (texts) =>
  withSettings(texts, 'config.lint.', ({ summary }) => summary),
);

/** @param change from what the file holds to what it should hold */
async function update(file, change) {
  const text = await readFile(file, 'utf8').catch(() => '{}');
  const wanted = `${JSON.stringify(await change(JSON.parse(text)), null, 2)}\n`;
  if (text === wanted) {
    return;
  }
  if (process.argv.includes('--check')) {
    console.error(`${file} is not up to date: run node scripts/l10n.mjs`);
    process.exitCode = 1;
  } else {
    await writeFile(file, wanted);
  }
}

/** The list of src/core/lint/rules.ts. */
async function lintRules() {
  const { outputFiles } = await build({
    entryPoints: ['src/core/lint/rules.ts'],
    bundle: true,
    platform: 'node',
    format: 'esm',
    write: false,
  });
  const code = Buffer.from(outputFiles[0].contents).toString('base64');
  return (await import(`data:text/javascript;base64,${code}`)).lintRules;
}

/** An object with one entry for each rule, where there were some before. */
function withSettings(object, prefix, valueOf) {
  const entries = Object.entries(object);
  const first = entries.findIndex(([key]) => key.startsWith(prefix));
  const own = rules.map((rule, index) => [prefix + rule.name, valueOf(rule, index)]);
  const others = entries.filter(([key]) => !key.startsWith(prefix));
  return Object.fromEntries([...others.slice(0, first), ...own, ...others.slice(first)]);
}

function setting({ name }, index) {
  return {
    type: 'string',
    scope: 'resource',
    order: 30 + index,
    default: 'warning',
    enum: ['error', 'warning', 'info', 'off'],
    markdownDescription: `%config.lint.${name}%`,
  };
}

/** The first arguments of `t(…)` and `x.t(…)`, wherever they are. */
async function sentences() {
  const found = new Set();
  for (const folder of ['src/core/lint/rules', 'src/messages', 'src/ui']) {
    for (const name of await readdir(folder, { recursive: true })) {
      if (name.endsWith('.ts')) {
        const file = join(folder, name);
        const text = await readFile(file, 'utf8');
        collect(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true), found);
      }
    }
  }
  return Object.fromEntries([...found].sort().map((sentence) => [sentence, sentence]));
}

function collect(node, found) {
  if (ts.isCallExpression(node) && isTranslate(node.expression)) {
    const [sentence] = node.arguments;
    if (sentence && ts.isStringLiteralLike(sentence)) {
      found.add(sentence.text);
    } else if (sentence && !ts.isIdentifier(sentence)) {
      throw new Error(
        `Not a literal sentence: ${sentence.getSourceFile().fileName}: ${sentence.getText()}`,
      );
    }
  }
  ts.forEachChild(node, (child) => collect(child, found));
}

function isTranslate(callee) {
  return ts.isIdentifier(callee)
    ? callee.text === 't'
    : ts.isPropertyAccessExpression(callee) && callee.name.text === 't';
}
