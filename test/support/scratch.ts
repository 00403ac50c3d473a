import { mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { SqlValue } from '../../src/core/connection';
import { defaultWaitLimits, type RunRequest } from '../../src/core/run/runRequest';
import { defaultRehearsalLimits, type RehearsalRequest } from '../../src/migrator/protocol';

/** Each test of a suite has its own {@link Scratch} under this name. */
export function useScratch(): Scratch {
  const scratch = new Scratch();
  afterEach(() => scratch.dispose());
  return scratch;
}

/**
 * A folder of its own for one test, with a database `app.db` and migrations in `migrations/`. Made
 * when it is first asked for, and another one after it was disposed of.
 */
export class Scratch {
  private made: string | undefined;

  public get folder(): string {
    this.made ??= realpathSync(mkdtempSync(join(tmpdir(), 'lockstep-')));
    return this.made;
  }

  public get database(): string {
    return join(this.folder, 'app.db');
  }

  public get migrations(): string {
    return join(this.folder, 'migrations');
  }

  /** Writes files given by relative path. */
  public write(files: Readonly<Record<string, string>>): this {
    for (const [name, text] of Object.entries(files)) {
      const path = join(this.folder, name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
    }
    return this;
  }

  /** Writes plain migrations: the key is the file name without `.sql`. */
  public migrate(files: Readonly<Record<string, string>>): this {
    mkdirSync(this.migrations, { recursive: true });
    return this.write(
      Object.fromEntries(Object.entries(files).map(([n, sql]) => [`migrations/${n}.sql`, sql])),
    );
  }

  /** Runs SQL on the database, as an app would. */
  public exec(sql: string): void {
    const db = new DatabaseSync(this.database, { enableForeignKeyConstraints: false });
    try {
      db.exec(sql);
    } finally {
      db.close();
    }
  }

  public rows(sql: string): Record<string, SqlValue>[] {
    const db = new DatabaseSync(this.database);
    try {
      return db.prepare(sql).all();
    } finally {
      db.close();
    }
  }

  /** The first column of each row. */
  public values(sql: string): SqlValue[] {
    return this.rows(sql).map((row) => Object.values(row)[0]);
  }

  /** What the history table records, in order. */
  public versions(): SqlValue[] {
    return this.values('SELECT version FROM schema_migrations ORDER BY version');
  }

  public names(): string[] {
    return readdirSync(this.folder).sort();
  }

  public request(change: Partial<RunRequest> = {}): RunRequest {
    return {
      target: { database: this.database, folders: [this.migrations] },
      direction: 'up',
      goal: { kind: 'all' },
      owner: { kind: 'terminal', workspace: 'test', version: '0' },
      engine: 'auto',
      wait: defaultWaitLimits,
      transaction: 'grouped',
      ...change,
    };
  }

  /** The same, to be tried on a copy. */
  public rehearsal(change: Partial<RehearsalRequest> = {}): RehearsalRequest {
    return {
      target: { database: this.database, folders: [this.migrations] },
      direction: 'up',
      goal: { kind: 'all' },
      transaction: 'grouped',
      engine: 'auto',
      trusted: true,
      limits: defaultRehearsalLimits,
      ...change,
    };
  }

  public dispose(): void {
    if (this.made) {
      // A process that is just ending may still write, or remove, a file of its own.
      rmSync(this.made, { recursive: true, force: true, maxRetries: 5, retryDelay: 100 });
      this.made = undefined;
    }
  }
}
