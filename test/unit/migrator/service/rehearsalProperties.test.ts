import assert from 'node:assert/strict';
import { DatabaseSync } from 'node:sqlite';
import fc from 'fast-check';
import type { Connection } from '../../../../src/core/connection';
import type { Rehearsal } from '../../../../src/core/rehearsal/rehearsal';
import type { RehearsalReport } from '../../../../src/core/rehearsal/rehearsalJob';
import { MemoryMarks, rehearse } from '../../../../src/core/rehearsal/rehearse';
import { isYoungStatement } from '../../../../src/core/rehearsal/watchedConnection';
import type { Direction } from '../../../../src/core/model';
import { runMigrations, type RunReport } from '../../../../src/core/run/runMigrations';
import { defaultWaitLimits } from '../../../../src/core/run/runRequest';
import type { Engine, OpenSnapshot } from '../../../../src/sqlite/engine';
import { loadEngine } from '../../../../src/sqlite/engines';
import {
  type MigrationFolder,
  MigrationReader,
} from '../../../../src/migrator/thread/migrationReader';
import { compareEngines } from '../../../../src/migrator/service/nativeAttempt';
import { randomMigrations, randomStart } from '../../../support/randomMigrations';
import { Scratch } from '../../../support/scratch';
import { wasmPath } from '../../../support/sqlJs';

type Rows = (readonly [string, readonly string[]])[];

interface Tried {
  readonly report: RehearsalReport;
  readonly rows: Rows;
  /** False where another engine than the sandbox's had the last word. */
  readonly sandboxed: boolean;
}

/** `LOCKSTEP_CASES` for more; `LOCKSTEP_SEED` to see others. */
const cases = Number(process.env.LOCKSTEP_CASES ?? 60);
const seed = Number(process.env.LOCKSTEP_SEED ?? 4);

describe('a rehearsal on a full copy, beside the run itself', function () {
  this.timeout(180_000 + cases * 1000);
  let sandbox: Engine;
  let native: Engine;
  const control = {
    cancelled: false,
    sleep: () => undefined,
    committing: <T>(commit: () => T): T => commit(),
  };
  const nobody = { kind: 'terminal', version: '', pid: 0, host: '', machine: '' } as const;

  before(async () => {
    sandbox = await loadEngine('sqljs', wasmPath);
    native = await loadEngine('native', wasmPath);
  });

  /** What the product would say of it, and the rows it ends with. */
  async function rehearsed(
    scratch: Scratch,
    folder: MigrationFolder,
    direction: Direction,
  ): Promise<Tried> {
    const { historyTable } = folder.format;
    const { value } = native.snapshot(scratch.database, { maxBytes: 1e9, historyTable });
    const goal = { kind: 'all' } as const;
    const options = { detail: 'steps', transaction: 'grouped', rows: true } as const;
    const world = { ...folder, log: new Map(), control, checkFileAccess: () => undefined };
    const attempt = async (engine: Engine): Promise<Tried> => {
      const copy = engine.openSnapshot(scratch.database, value?.bytes.slice(), scratch.folder);
      const job = { direction, goal, ...options, definite: engine === native } as const;
      const report = await rehearse(job, { ...world, factory: copy });
      const rows = dumped(copy);
      copy.close();
      return { report, rows, sandboxed: engine === sandbox };
    };
    const { report, rows } = await attempt(sandbox);
    if (report.statements.some(({ text }) => isYoungStatement(text))) {
      return attempt(native);
    }
    const schema = report.schemaBefore.map(({ sql }) => sql);
    const failures = native.compile!(
      schema,
      report.statements.map(({ text }) => text),
    );
    const compared = compareEngines(report, failures, { engine: sandbox, runEngine: native });
    if (compared.verdict === 'cannot') {
      others.sandboxCannot++;
      return attempt(native);
    }
    return { report: compared, rows, sandboxed: true };
  }

  async function run(
    scratch: Scratch,
    folder: MigrationFolder,
    direction: Direction,
  ): Promise<RunReport> {
    return runMigrations(
      {
        id: 'run',
        direction,
        goal: { kind: 'all' },
        transaction: 'grouped',
        wait: defaultWaitLimits,
        waitedMs: 0,
        owner: nobody,
      },
      {
        ...folder,
        factory: native.connections(scratch.database),
        log: { read: () => new Map(), append: () => undefined },
        marks: new MemoryMarks(),
        control,
        checkFileAccess: () => undefined,
        emit: () => undefined,
        otherHolder: () => undefined,
      },
    );
  }

  const seen = { works: 0, schemaOnly: 0, fails: 0, cannot: 0 };
  const others = { back: 0, natively: 0, sandboxCannot: 0 };

  async function compare(
    scratch: Scratch,
    folder: MigrationFolder,
    direction: Direction,
  ): Promise<Rehearsal['verdict']> {
    const { report, rows, sandboxed } = await rehearsed(scratch, folder, direction);
    const result = await run(scratch, folder, direction);
    seen[report.verdict]++;
    others.natively += sandboxed ? 0 : 1;
    others.back += direction === 'down' ? 1 : 0;
    const both = JSON.stringify({ report, result }, null, 1);
    switch (report.verdict) {
      case 'works':
        assert.equal(result.outcome, 'done', both);
        assert.deepEqual(schemaOf(scratch.database), textsOf(report), both);
        assert.deepEqual(changedRows(scratch.database, report), [], both);
        assert.deepEqual(rowsIn(scratch.database), rows, both);
        break;
      case 'fails': {
        const { error } = report;
        const newer = error?.code === 'sql.newer';
        assert.equal(result.error?.code, newer ? 'sql.failed' : error?.code, both);
        assert.deepEqual(result.error?.place, error?.place, both);
        assert.equal(result.error?.params.statement, error?.params.statement, both);
        // What came before it stays, or does not, in both.
        assert.deepEqual(schemaOf(scratch.database), textsOf(report), both);
        assert.deepEqual(rowsIn(scratch.database), rows, both);
        break;
      }
      default: // nothing is claimed
    }
    return report.verdict;
  }

  it(`agrees with it, there and back (${cases} cases, seed ${seed})`, async () => {
    await fc.assert(
      fc.asyncProperty(
        randomStart,
        randomMigrations,
        randomMigrations,
        async (start, ups, downs) => {
          const scratch = new Scratch();
          try {
            scratch.exec(start);
            scratch.migrate(Object.fromEntries(ups.map((text, i) => [`00${i + 1}_m`, text])));
            const ways = downs.slice(0, ups.length).map((text, i) => [`00${i + 1}_m.down`, text]);
            scratch.migrate(Object.fromEntries(ways));
            const folders = [scratch.migrations];
            const folder = new MigrationReader().read({ database: scratch.database, folders });
            if ((await compare(scratch, folder, 'up')) === 'works') {
              await compare(scratch, folder, 'down');
            }
          } finally {
            scratch.dispose();
          }
        },
      ),
      { numRuns: cases, seed, endOnFailure: true },
    );
    const { works, fails, cannot } = seen;
    const all = works + fails + cannot;
    console.log(`      ${JSON.stringify({ all, ...seen, ...others })}`);
    assert.ok(cannot <= all * 0.02, `${cannot} of ${all} cannot be rehearsed`);
    assert.ok(
      others.sandboxCannot <= all * 0.02,
      `${others.sandboxCannot} of ${all} in the sandbox`,
    );
    assert.ok(works > all / 10 && fails > all / 10, JSON.stringify(seen));
  });

  function schemaOf(database: string): string[] {
    const db = new DatabaseSync(database, { readOnly: true });
    try {
      const rows = db
        .prepare(
          `SELECT type, name, sql FROM sqlite_schema WHERE sql IS NOT NULL
            AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' AND tbl_name <> 'schema_migrations'`,
        )
        .all();
      return rows.map(({ type, name, sql }) => `${type} ${name} ${sql}`).sort();
    } finally {
      db.close();
    }
  }

  function dumped(copy: OpenSnapshot): Rows {
    const connection = copy.open({ foreignKeys: false });
    try {
      return rowsOf({ all: (sql) => connection.all(sql) });
    } finally {
      connection.close();
    }
  }

  function rowsIn(database: string): Rows {
    const db = new DatabaseSync(database, { readOnly: true });
    try {
      return rowsOf({ all: (sql) => db.prepare(sql).all() });
    } finally {
      db.close();
    }
  }

  /** All rows of all tables as SQL would write them, but for the time, which goes on. */
  function rowsOf({ all }: Pick<Connection, 'all'>): Rows {
    const tables = all(
      `SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite\\_stat%' ESCAPE '\\'
        ORDER BY name`,
    ).map(({ name }) => `"${String(name).replaceAll('"', '""')}"`);
    return tables.map((table) => {
      const columns = all(`PRAGMA table_xinfo(${table})`).map(
        ({ name }) => `quote("${String(name).replaceAll('"', '""')}")`,
      );
      const rows = all(`SELECT ${columns.join(` || ', ' || `)} AS r FROM ${table} ORDER BY 1`);
      return [
        table,
        rows.map(({ r }) => String(r).replace(/'\d{4}-\d\d-\d\d \d\d:\d\d:\d\d'/g, 'now')),
      ];
    });
  }

  function textsOf({ schemaAfter }: RehearsalReport): string[] {
    return schemaAfter.map(({ type, name, sql }) => `${type} ${name} ${sql}`).sort();
  }

  /** Tables whose number of rows is not what was foretold. */
  function changedRows(database: string, { tables }: RehearsalReport): string[] {
    const db = new DatabaseSync(database, { readOnly: true });
    try {
      return tables
        .filter(({ dropped }) => !dropped)
        .filter(({ table, rowsAfter }) => {
          const { n } = db.prepare(`SELECT count(*) AS n FROM "${table}"`).get()!;
          return n !== rowsAfter;
        })
        .map(({ table }) => table);
    } finally {
      db.close();
    }
  }
});
