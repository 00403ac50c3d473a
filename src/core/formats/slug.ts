/** File names may have 255 bytes; this leaves room for number, direction and extension. */
const maxBytes = 160;

/**
 * A name as part of a file name: letters of any script stay, in lower case; whatever else stands
 * between them becomes the separator.
 */
export function slug(name: string, separator: string): string {
  const words = wordsOf(name);
  let result = '';
  for (const character of words.join(separator)) {
    if (Buffer.byteLength(result + character) > maxBytes) {
      break;
    }
    result += character;
  }
  return result || 'migration';
}

/** Whether anything of a name can be part of a file name. */
export function isUsableName(name: string): boolean {
  return wordsOf(name).length > 0;
}

function wordsOf(name: string): string[] {
  return name
    .normalize('NFC')
    .toLowerCase()
    .split(/[^\p{L}\p{N}\p{M}]+/u)
    .filter((word) => word !== '');
}
