import { mkdirSync, mkdtempSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** One small migration, as all subjects run it. */
export interface SmallMigration {
  readonly version: string;
  readonly name: string;
  readonly sql: string;
}

/** Migrations that take no time themselves: what is measured is the migrator. */
export function smallMigrations(many: number, from = 1): SmallMigration[] {
  return Array.from({ length: many }, (_, index) => {
    const n = from + index;
    const version = String(20260101000000 + n);
    const sql = `CREATE TABLE t${n} (id INTEGER PRIMARY KEY, name TEXT NOT NULL, at TEXT);\n`;
    return { version, name: `${version}_t${n}`, sql };
  });
}

/** A folder of the bench's own, with what is in it. */
export class Workplace {
  public readonly home = realpathSync(mkdtempSync(join(tmpdir(), 'lockstep-bench-')));
  private count = 0;

  /** A path where no database is yet, in a folder of its own. */
  public database(): string {
    const folder = join(this.home, `run${++this.count}`);
    mkdirSync(folder);
    return join(folder, 'database.db');
  }

  /** A folder in dbmate's layout, which Lockstep and dbmate both read. */
  public migrations(migrations: readonly SmallMigration[]): string {
    const folder = join(this.home, `migrations${++this.count}`);
    mkdirSync(folder);
    this.add(folder, migrations);
    return folder;
  }

  public add(folder: string, migrations: readonly SmallMigration[]): void {
    for (const { name, sql } of migrations) {
      writeFileSync(join(folder, `${name}.sql`), `-- migrate:up\n${sql}\n-- migrate:down\n`);
    }
  }

  public remove(): void {
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }
}
