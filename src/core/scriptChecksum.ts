import { checksum } from './checksum';
import type { Script } from './migration';
import { scriptSql } from './sql/scriptSql';

/** The checksum of what runs of a script; by it an edit is noticed. */
export function scriptChecksum(script: Script): string {
  return checksum(scriptSql(script));
}
