import { basename } from 'node:path';
import { schemaMigrations } from '../history/schemaMigrations';
import type { Migration, Script } from '../migration';
import type { Direction } from '../run/direction';
import { blankedExcept } from './blankedExcept';
import type { DbmateSection } from './dbmateSections';
import { dbmateMarkers } from './dbmateMarkers';
import { dbmateSections } from './dbmateSections';
import type { Format, Ordered, SourceFile } from './format';
import { nextFileName } from './nextFileName';
import { numberedName } from './numberedName';

/** dbmate's files (https://github.com/amacneil/dbmate): both directions in one, told by markers. */
export const dbmate: Format = {
  name: 'dbmate',
  historyTable: schemaMigrations,
  matches: (fileName) => /^\d+.*\.sql$/.test(fileName),
  claims: (files) => files.some(({ text }) => dbmateMarkers(text).some(isUp)),
  parse: (files) => files.map(parseFile).sort(compare),
  sameVersion: (a, b) => a === b,
  versionKey: (version) => version,
  compare,
  newFile(existing, name, now) {
    const up = '-- migrate:up\n';
    return [
      {
        fileName: `${nextFileName(existing, name, now, 'timestamp')}.sql`,
        text: `${up}\n\n-- migrate:down\n\n`,
        cursor: up.length,
      },
    ];
  },
};

function isUp({ direction }: { readonly direction: Direction }): boolean {
  return direction === 'up';
}

/** dbmate sorts by file name, also across folders. */
function compare(a: Ordered, b: Ordered): number {
  const [first, second] = [`${a.id}.sql`, `${b.id}.sql`];
  return first < second ? -1 : first > second ? 1 : 0;
}

function parseFile(file: SourceFile): Migration {
  const sections = dbmateSections(file);
  const id = basename(file.path).replace(/\.sql$/, '');
  const { version, name } = numberedName(file.path)!;
  const ups = sections.filter(isUp);
  const downs = sections.filter(({ direction }) => direction === 'down');
  return {
    version,
    id,
    name,
    up: script(file, ups),
    ...(downs.length > 0 && { down: script(file, downs) }),
  };
}

/** dbmate runs section by section; the ways back make sense only from the last to the first. */
function script({ path, text }: SourceFile, sections: readonly DbmateSection[]): Script {
  const inOrder = sections[0]?.direction === 'down' ? sections.toReversed() : sections;
  return {
    file: path,
    text: blankedExcept(text, sections),
    transaction: sections.every(({ options }) => options.get('transaction') !== 'false'),
    foreignKeys: sections.some(({ options }) => options.get('foreign_keys') === 'true'),
    ...(text.includes('lockstep-ignore-file') && { fileText: text }),
    ...(sections.length > 1 && {
      sections: inOrder.map(({ start, end }) => ({ start, end })),
    }),
  };
}
