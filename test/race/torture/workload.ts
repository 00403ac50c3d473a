import type { Scenario, StepKind } from './scenario';

/** How many rows each step puts into the ledger: more or fewer in the end is a fault. */
export const ledgerParts = 3;

/** The app's part of the schema: what the foreign programs write while migrations go on. */
export const appSchema = `
  CREATE TABLE app_rows (id INTEGER PRIMARY KEY, writer TEXT NOT NULL, n INTEGER NOT NULL);
  CREATE TABLE app_counter (writer TEXT PRIMARY KEY, n INTEGER NOT NULL);
  INSERT INTO app_rows (writer, n) VALUES ('setup', 1), ('setup', 2), ('setup', 3);
`;

/** Migrations whose traces tell how often each of their parts ran. By file name without `.sql`. */
export function migrationsOf({ steps, exists }: Scenario): Record<string, string> {
  const first = `CREATE TABLE ledger (step INTEGER, part INTEGER);
    CREATE TABLE counter (n INTEGER); INSERT INTO counter VALUES (0);
    ${exists ? '' : appSchema}`;
  const files: Record<string, string> = { '001_first': first + around(1, '') };
  steps.forEach((kind, index) => {
    const step = index + 2;
    files[`${versionOf(step)}_${kind}`] = textOf(kind, step);
  });
  return files;
}

export function versionOf(step: number): string {
  return String(step).padStart(3, '0');
}

/** The migration that the run after the storm finds, so that it has to take the lock. */
export function lastMigration(step: number): Record<string, string> {
  return { [`${versionOf(step)}_last`]: around(step, '') };
}

function textOf(kind: StepKind, step: number): string {
  switch (kind) {
    case 'wrapped':
      return `BEGIN;\n${around(step, table(step))}\nCOMMIT;\n`;
    case 'vacuum':
      // Cannot be in a transaction, and may run twice: no trace but the history's.
      return 'VACUUM;\n';
    case 'ownCommit':
      return `${mark(step, 1)}
        BEGIN; ${count} ${mark(step, 2)} COMMIT;
        BEGIN; CREATE TABLE IF NOT EXISTS own${step} (x); ${mark(step, 3)} COMMIT;\n`;
    default:
      return around(step, work[kind](step));
  }
}

/** Which steps leave no rows in the ledger. */
export function leavesNoTrace(kind: StepKind): boolean {
  return kind === 'vacuum';
}

const count = 'UPDATE counter SET n = n + 1;';

function around(step: number, sql: string): string {
  return `${mark(step, 1)}\n${count}\n${mark(step, 2)}\n${sql}\n${mark(step, 3)}\n`;
}

function mark(step: number, part: number): string {
  return `INSERT INTO ledger VALUES (${step}, ${part});`;
}

function table(step: number): string {
  return `CREATE TABLE t${step} (id INTEGER PRIMARY KEY, v TEXT);
    INSERT INTO t${step} (v) SELECT hex(randomblob(20)) FROM app_rows LIMIT 50;`;
}

/** So many numbers as rows of a column `i`. */
function numbers(many: number): string {
  return `(WITH RECURSIVE c(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM c WHERE i < ${many}) SELECT i FROM c)`;
}

const work: Record<
  Exclude<StepKind, 'wrapped' | 'vacuum' | 'ownCommit'>,
  (step: number) => string
> = {
  table,
  index: (step) => `CREATE INDEX i${step} ON app_rows (writer, n);`,
  slow: (step) =>
    `CREATE TABLE s${step} (i); INSERT INTO s${step} SELECT max(i) FROM ${numbers(150_000)};`,
  big: (step) =>
    `CREATE TABLE b${step} (x); INSERT INTO b${step} SELECT zeroblob(3000) FROM ${numbers(700)};`,
  addColumn: (step) =>
    `ALTER TABLE app_rows ADD COLUMN c${step} INTEGER; UPDATE app_rows SET c${step} = n;`,
  rebuild: () => `CREATE TABLE app_new (id INTEGER PRIMARY KEY, writer TEXT NOT NULL,
        n INTEGER NOT NULL);
      INSERT INTO app_new SELECT id, writer, n FROM app_rows;
      DROP TABLE app_rows; ALTER TABLE app_new RENAME TO app_rows;`,
  references: (step) => `CREATE TABLE p${step} (id INTEGER PRIMARY KEY);
      CREATE TABLE k${step} (p REFERENCES p${step}); INSERT INTO p${step} VALUES (1), (2);
      INSERT INTO k${step} VALUES (1), (2), (2);`,
  trigger: (step) => `CREATE TABLE g${step} (x);
      CREATE TRIGGER gt${step} AFTER INSERT ON g${step} WHEN new.x < 3 BEGIN
        INSERT INTO g${step} VALUES (CASE WHEN new.x THEN new.x + 10 END); END;
      INSERT INTO g${step} VALUES (1);`,
  fullText: (step) => `CREATE VIRTUAL TABLE f${step} USING fts5(t);
      INSERT INTO f${step} SELECT writer FROM app_rows LIMIT 20;`,
  temporary: (step) => `CREATE TEMP TABLE schema_migrations (version); CREATE TEMP TABLE x (y);
      CREATE TABLE m${step} (x);`,
};
