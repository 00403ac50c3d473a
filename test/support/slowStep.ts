/** One statement that takes seconds and cannot be interrupted; needs a table `big (i)`. */
export function slowStatement(rows = 20_000_000): string {
  return `INSERT INTO big SELECT max(i) FROM (WITH RECURSIVE n(i) AS
    (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < ${rows}) SELECT i FROM n);`;
}

/** Migrations of which the second takes seconds. */
export function slowMigrations(rows?: number): Record<string, string> {
  return {
    '001_big': 'CREATE TABLE big (i);',
    '002_slow': `INSERT INTO big VALUES (-1);\n${slowStatement(rows)}`,
    '003_after': 'CREATE TABLE after (x);',
  };
}
