import type { SchemaObject } from '../../core/rehearsal/rehearsal';
import { objectText } from '../../core/rehearsal/schemaText';

/** Milliseconds after which the extension host gets a turn for others. */
const sliceMs = 8;

/** Schemas as texts to be compared, made in slices: formatting a thousand tables takes its time. */
export async function schemaTexts(...schemas: (readonly SchemaObject[])[]): Promise<string[]> {
  const formatted = new Map<string, string>();
  const texts: string[] = [];
  let started = performance.now();
  for (const schema of schemas) {
    const blocks: string[] = [];
    for (const { type, sql } of schema) {
      const key = `${type} ${sql}`;
      const text = formatted.get(key) ?? `${objectText(type, sql)};\n`;
      formatted.set(key, text);
      blocks.push(text);
      if (performance.now() - started > sliceMs) {
        await new Promise(setImmediate);
        started = performance.now();
      }
    }
    texts.push(blocks.join('\n'));
  }
  return texts;
}
