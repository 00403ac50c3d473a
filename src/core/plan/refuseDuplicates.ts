import { LockstepError } from '../errors';
import type { Finding } from '../finding';

/** @throws LockstepError `migrations.duplicate` */
export function refuseDuplicates(findings: readonly Finding[]): void {
  const duplicate = findings.find((finding) => finding.severity === 'refuse');
  if (duplicate) {
    throw new LockstepError('migrations.duplicate', duplicate.params);
  }
}
