import type { Row } from '../core/connection';

/**
 * A plain row from one read with big integers: those that fit become numbers, so that no integer
 * is rounded and the usual ones are convenient.
 */
export function plainRow(raw: object): Row {
  const row: Row = {};
  for (const column of Object.keys(raw)) {
    const value = (raw as Row)[column]!;
    row[column] = typeof value === 'bigint' ? plainInteger(value) : value;
  }
  return row;
}

function plainInteger(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}
