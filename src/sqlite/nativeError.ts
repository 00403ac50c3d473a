import { SqliteError } from '../core/connection';

/** Runs `work`; what `node:sqlite` throws for SQLite becomes a {@link SqliteError}. */
export function translateErrors<T>(work: () => T): T {
  try {
    return work();
  } catch (error) {
    throw isNativeError(error) ? new SqliteError(error.message, error.errcode) : error;
  }
}

function isNativeError(error: unknown): error is Error & { readonly errcode: number } {
  return error instanceof Error && 'errcode' in error && typeof error.errcode === 'number';
}
