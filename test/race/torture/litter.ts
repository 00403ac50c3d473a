import { mkdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import type { Holder } from '../../../src/core/model';
import { lockPaths, serializeCard } from '../../../src/lock/holderCard';
import { readFolder } from '../../../src/lock/lockFolder';
import { deadPid, someHolder } from '../../support/lockFixtures';
import type { Litter } from './scenario';

/** Puts something in the sentinel's place, whatever was there. `none` takes all away. */
export function leaveLitter(database: string, litter: Litter): void {
  const paths = lockPaths(database);
  quietly(() => rmSync(paths.folder, { recursive: true, force: true }));
  if (litter === 'none') {
    quietly(() => rmSync(paths.card, { force: true }));
    return;
  }
  if (litter !== 'cardOnly') {
    quietly(() => mkdirSync(paths.folder));
  }
  const text = cardText(litter, folderId(paths.folder));
  if (text === undefined) {
    quietly(() => rmSync(paths.card, { force: true }));
  } else {
    writeFileSync(paths.card, text);
  }
  if (litter === 'future') {
    const ahead = new Date(Date.now() + 3_600_000);
    quietly(() => utimesSync(paths.folder, ahead, ahead));
  }
}

function cardText(litter: Litter, folder: string | undefined): string | undefined {
  const card = (change: Partial<Holder>): string =>
    serializeCard({ holder: someHolder(change), folder });
  switch (litter) {
    case 'deadPid':
    case 'cardOnly':
      return card({ pid: deadPid() });
    case 'reusedPid':
      // This process lives, and started at another time than the card says.
      return card({ started: '1' });
    case 'elsewhere':
      return card({ machine: 'another machine', host: 'elsewhere' });
    case 'future':
      return card({ since: '2999-01-01T00:00:00.000Z', started: '1' });
    case 'garbage':
      return '{"token": 5, \u0000';
    case 'megabyte':
      return `{"host": "${'#'.repeat(1_000_000)}"}`;
    case 'empty':
      return '';
    default:
      return undefined;
  }
}

function folderId(path: string): string | undefined {
  try {
    return readFolder(path)?.id;
  } catch {
    return undefined;
  }
}

/** The contenders are at the same files. */
function quietly(act: () => void): void {
  try {
    act();
  } catch {
    // somebody was faster
  }
}
