import {
  chmodSync,
  cpSync,
  mkdirSync,
  mkdtempSync,
  realpathSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { Ground } from './contender';
import { SmallDisk } from './obstacles';
import type { Scenario } from './scenario';
import { appSchema, migrationsOf } from './workload';

/** The folder a round takes place in: a database, perhaps, its other names, and the migrations. */
export class Place {
  public readonly home = realpathSync(mkdtempSync(join(tmpdir(), 'lockstep-torture-')));
  public readonly folder = join(this.home, 'project');
  public readonly database = join(this.folder, 'app.db');
  public readonly migrations = join(this.folder, 'migrations');
  public readonly paths: Ground['paths'] = {
    direct: this.database,
    linkedFile: join(this.folder, 'link.db'),
    linkedFolder: join(this.home, 'linked', 'app.db'),
  };
  private readonly disk: SmallDisk | undefined;

  constructor(private readonly scenario: Scenario) {
    mkdirSync(this.folder);
    // Contenders without rights have to get here.
    chmodSync(this.home, 0o755);
    if (scenario.obstacle === 'smallDisk') {
      this.disk = SmallDisk.mount(this.folder, 2_500);
    }
    symlinkSync(this.folder, join(this.home, 'linked'));
    symlinkSync('app.db', this.paths.linkedFile);
    this.write(migrationsOf(scenario));
    if (scenario.exists) {
      this.create();
    }
  }

  /** Bytes of the database; 0 when there is none. */
  public get size(): number {
    return statSync(this.database, { throwIfNoEntry: false })?.size ?? 0;
  }

  /** Adds migrations. */
  public write(migrations: Readonly<Record<string, string>>): void {
    mkdirSync(this.migrations, { recursive: true });
    for (const [name, sql] of Object.entries(migrations)) {
      writeFileSync(join(this.migrations, `${name}.sql`), sql);
    }
  }

  /** Makes room where the disk was small. */
  public enlarge(): void {
    this.disk?.enlarge();
  }

  /** Leaves everything for whoever has to find out, without a mounted disk. */
  public keep(): void {
    if (this.disk) {
      cpSync(this.folder, join(this.home, 'kept'), { recursive: true });
      this.disk.unmount();
    }
  }

  public remove(): void {
    this.disk?.unmount();
    rmSync(this.home, { recursive: true, force: true, maxRetries: 5 });
  }

  private create(): void {
    const { pageSize, journal } = this.scenario;
    const db = new DatabaseSync(this.database);
    db.exec(`PRAGMA page_size=${pageSize}; PRAGMA journal_mode=${journal}; ${appSchema}`);
    db.close();
  }
}
