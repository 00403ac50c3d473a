import { statSync } from 'node:fs';
import { realpath } from 'node:fs/promises';
import { extname, join } from 'node:path';
import type { Budget } from './budget';
import { concurrently } from './concurrently';
import { databaseExtensions } from './databaseExtensions';
import { inSlices } from './inSlices';
import type { WalkedFolder } from './walk';

/** A file that may be a database, by name and size alone. */
export interface DatabaseCandidate {
  readonly path: string;
  /** Zero bytes: an empty database to SQLite, and here only where the name says database. */
  readonly empty: boolean;
}

/** Files that SQLite, Lockstep and other engines keep beside a database. */
const beside = /(-wal|-shm|-journal|\.lock|\.lock\.json)$|\.lockstep-|^Thumbs\.db$/i;

/**
 * Endings that mean something else, so that such files, most of a workspace, cost no stat. Any other
 * ending, and none, may be a database.
 */
const otherExtensions = new Set(
  (
    '.7z .apk .asm .astro .avi .avif .bash .bat .bmp .br .bz2 .c .cc .cer .cfg .cjs .class .cmake .cmd ' +
    '.conf .cpp .crt .cs .css .csv .cts .cxx .dart .diff .dll .doc .docx .dylib .editorconfig .ejs .elm ' +
    '.env .eot .erb .ex .exe .exs .flow .fs .gem .gif .go .gql .gradle .graphql .groovy .gz .h .hbs .hpp ' +
    '.hs .htm .html .ico .idx .iml .inc .ini .ipynb .jar .java .jpeg .jpg .js .json .json5 .jsonc .jsonl ' +
    '.jsx .kt .kts .less .lib .lock .log .lua .m .map .markdown .md .mdx .mjs .mk .mm .mov .mp3 .mp4 .mts ' +
    '.node .o .obj .ogg .otf .pack .patch .pdb .pdf .pem .php .pl .png .po .ppt .pptx .properties .proto ' +
    '.ps1 .psd .pug .py .pyc .pyi .r .rb .rej .rev .rlib .rmeta .rs .rst .sass .scala .scss .sh .snap .so ' +
    '.sql .styl .sum .svelte .svg .swift .tar .tex .tf .tgz .tif .tiff .toml .tpl .ts .tsbuildinfo .tsx ' +
    '.ttf .txt .vue .wasm .wav .webm .webp .whl .woff .woff2 .xls .xlsx .xml .xz .yaml .yml .zig .zip .zst'
  ).split(' '),
);

/** A database is made of pages of 512 bytes or a multiple of them. */
const pageSize = 512;

/**
 * The files worth a look at their header: first those called like a database, then any other of
 * which name and size do not exclude it. Opens none. A file reached by several names comes once,
 * without links where there is such a name.
 */
export async function databaseCandidates(
  folders: readonly WalkedFolder[],
  budget: Budget,
): Promise<DatabaseCandidate[]> {
  const named: string[] = [];
  const other: string[] = [];
  await inSlices(folders, (folder) => {
    for (const file of folder.files) {
      const extension = extname(file).toLowerCase();
      if (!beside.test(file) && !otherExtensions.has(extension)) {
        (databaseExtensions.includes(extension) ? named : other).push(join(folder.path, file));
      }
    }
  });
  const sized = [
    ...(await inSlices(named, (path) => candidate(path, true))),
    ...(await inSlices(other, (path) => candidate(path, false))),
  ];
  return onceEach(sized.filter((found) => found !== undefined));

  function candidate(path: string, isNamed: boolean): DatabaseCandidate | undefined {
    if (!budget.hasTime()) {
      return undefined;
    }
    const size = statSync(path, { throwIfNoEntry: false })?.size ?? -1;
    const empty = size === 0 && isNamed;
    return empty || (size >= pageSize && size % pageSize === 0) ? { path, empty } : undefined;
  }
}

async function onceEach(found: DatabaseCandidate[]): Promise<DatabaseCandidate[]> {
  const byFile = new Map<string, DatabaseCandidate>();
  const real = await concurrently(found, 32, ({ path }) => realpath(path).catch(() => path));
  found.forEach((candidate, at) => {
    if (!byFile.has(real[at]) || real[at] === candidate.path) {
      byFile.set(real[at], candidate);
    }
  });
  return [...byFile.values()];
}
