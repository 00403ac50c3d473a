// Collects every sentence that can be translated into l10n/bundle.l10n.json; with --check it only
// says whether that file is up to date.
import { readdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import ts from 'typescript';

const bundle = 'l10n/bundle.l10n.json';

const sentences = new Set();
for (const folder of ['src/messages', 'src/ui']) {
  for (const name of await readdir(folder, { recursive: true })) {
    if (name.endsWith('.ts')) {
      const file = join(folder, name);
      const text = await readFile(file, 'utf8');
      collect(ts.createSourceFile(file, text, ts.ScriptTarget.Latest, true));
    }
  }
}
const sorted = [...sentences].sort().map((sentence) => [sentence, sentence]);
const wanted = `${JSON.stringify(Object.fromEntries(sorted), null, 2)}\n`;
if (!process.argv.includes('--check')) {
  await writeFile(bundle, wanted);
} else if ((await readFile(bundle, 'utf8').catch(() => '')) !== wanted) {
  console.error(`${bundle} is not up to date: run node scripts/l10n.mjs`);
  process.exitCode = 1;
}

/** The first arguments of `t(…)` and `x.t(…)`, wherever they are. */
function collect(node) {
  if (ts.isCallExpression(node) && isTranslate(node.expression)) {
    const [sentence] = node.arguments;
    if (sentence && ts.isStringLiteralLike(sentence)) {
      sentences.add(sentence.text);
    } else if (sentence && !ts.isIdentifier(sentence)) {
      throw new Error(
        `Not a literal sentence: ${sentence.getSourceFile().fileName}: ${sentence.getText()}`,
      );
    }
  }
  ts.forEachChild(node, collect);
}

function isTranslate(callee) {
  return ts.isIdentifier(callee)
    ? callee.text === 't'
    : ts.isPropertyAccessExpression(callee) && callee.name.text === 't';
}
