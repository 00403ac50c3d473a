import { join } from 'node:path';
import { readSmallFile } from '../../process/readSmallFile';
import { parseDotEnv } from './dotEnv';

const sizeLimit = 1024 * 1024;

/** `.env.local`, `dev.env`, `env`. */
const envName = /(?:^|\.)env(?:\.|$)/i;

/** The variables of a folder's `.env`; none where there is none that can be one. */
export function readDotEnv(folder: string): ReadonlyMap<string, string> {
  return parseDotEnv(readSmallFile(join(folder, '.env'), sizeLimit, envName) ?? '');
}
