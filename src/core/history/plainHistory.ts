import type { HistoryTable } from './historyTable';
import { schemaMigrations } from './schemaMigrations';

const number = `ltrim(?1, '0')`;
const written = Array.from({ length: 10 }, (_, zeros) => `'${'0'.repeat(zeros)}' || ${number}`);

/**
 * The same table, for numbers: `1`, `01` and `001` are one version, so that a run finds a migration
 * that was recorded when its file was called otherwise. A list of values, so that the index is used.
 */
export const plainHistory: HistoryTable = {
  ...schemaMigrations,
  findSql: `select version from main."${schemaMigrations.name}" where version in (?1, ${written.join(', ')})`,
};
