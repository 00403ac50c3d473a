/**
 * A name as SQLite compares names: A to Z count as a to z, other letters as they are. JavaScript's
 * lower case of `Ärzte` is another name to SQLite.
 */
export function foldName(name: string): string {
  return beyondAscii.test(name)
    ? name.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
    : name.toLowerCase();
}

const beyondAscii = /[^\p{ASCII}]/u;
