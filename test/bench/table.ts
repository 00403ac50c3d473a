/** Prints rows under a heading, columns aligned; numbers to the right. */
export function table(
  heading: string,
  columns: readonly string[],
  rows: readonly (readonly (string | number | undefined)[])[],
): void {
  const texts = [columns, ...rows.map((row) => row.map(cell))];
  const widths = columns.map((_, at) => Math.max(...texts.map((row) => row[at].length)));
  const line = (row: readonly string[]): string =>
    row
      .map((text, at) => (at === 0 ? text.padEnd(widths[at]) : text.padStart(widths[at])))
      .join('  ');
  console.log(`\n${heading}`);
  texts.forEach((row, index) => {
    console.log(`  ${line(row)}`);
    if (index === 0) {
      console.log(`  ${widths.map((width) => '-'.repeat(width)).join('  ')}`);
    }
  });
}

/** Milliseconds: three figures are enough, and more would be noise. */
export function ms(value: number | undefined): string {
  return value === undefined ? '' : value.toFixed(value < 10 ? 1 : 0);
}

/** `0.12 (goal 0.15)`, with a sign where the goal is missed. */
export function against(value: number | undefined, goal?: number): string {
  if (value === undefined) {
    return '';
  }
  const text = value.toFixed(2);
  return goal === undefined ? text : `${text} ${value <= goal ? 'ok' : '!!'} ${goal}`;
}

function cell(value: string | number | undefined): string {
  return value === undefined ? '' : String(value);
}
