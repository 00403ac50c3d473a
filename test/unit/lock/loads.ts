// For a process of its own, see properLockfile.test.ts.
export { loadProperLockfile } from '../../../src/lock/takeLock';
