import { LockstepError } from '../../core/errors';
import { rehearse } from '../../core/rehearsal/rehearse';
import type { RehearsalEnvironment, RehearsalReport } from '../../core/rehearsal/rehearsalJob';
import { HistoryStore } from '../../core/run/historyStore';
import type { Migration } from '../../core/migration';
import type { HistoryTable } from '../../core/history/historyTable';
import type { Engine, OpenSnapshot } from '../../sqlite/engine';
import type { CopyInfo } from '../../core/rehearsal/rehearsal';

/** A database as it is before a certain migration runs. */
export interface ReadyState {
  readonly content: Uint8Array;
  /** What had to run for it and does not work; the content is from before it then. */
  readonly blocking?: RehearsalReport;
}

type World = Omit<RehearsalEnvironment, 'factory'>;

/**
 * The copy of one database, and the state before the migration that is being written, kept between
 * keystrokes: then each costs that migration only.
 */
export class CheckState {
  private ready: { readonly before: readonly Migration[]; readonly state: ReadyState } | undefined;
  private versions: readonly string[] | undefined;

  /**
   * @param stamp names the database's content; another stamp, another content
   * @param copy what the database was copied to
   */
  constructor(
    private readonly engine: Engine,
    public readonly path: string,
    public readonly stamp: string,
    public readonly kind: CopyInfo['kind'],
    private readonly copy: Uint8Array | undefined,
  ) {}

  /** What the history of the copy records. */
  public applied(historyTable: HistoryTable): readonly string[] {
    this.versions ??= this.withCopy(this.copy, (copy) => {
      const connection = copy.open({ foreignKeys: false });
      try {
        return new HistoryStore(connection, historyTable).versions();
      } finally {
        connection.close();
      }
    });
    return this.versions;
  }

  /** The database after these pending migrations. */
  public async after(before: readonly Migration[], world: World): Promise<ReadyState> {
    if (!this.ready || !areSameMigrations(this.ready.before, before)) {
      this.ready = { before, state: await this.prepare(before, world) };
    }
    return this.ready.state;
  }

  /** Opens content to work on; it stays as it is. */
  public open(content: Uint8Array | undefined): OpenSnapshot {
    return this.engine.openSnapshot(this.path, content?.slice(), undefined);
  }

  private async prepare(before: readonly Migration[], world: World): Promise<ReadyState> {
    const content = this.copy ?? new Uint8Array();
    if (before.length === 0) {
      return { content };
    }
    const copy = this.open(content);
    try {
      const report = await rehearse(
        {
          direction: 'up',
          goal: { kind: 'steps', steps: before.length },
          intended: before.map(({ version }) => version),
          transaction: 'each',
          detail: 'run',
          rows: this.kind !== 'schema',
          definite: false,
        },
        { ...world, factory: copy },
      );
      const works = report.verdict === 'works' || report.verdict === 'schemaOnly';
      return works ? { content: copy.content() } : { content, blocking: report };
    } finally {
      copy.close();
    }
  }

  private withCopy<T>(content: Uint8Array | undefined, read: (copy: OpenSnapshot) => T): T {
    const copy = this.open(content);
    try {
      return read(copy);
    } catch (error) {
      if (error instanceof LockstepError) {
        throw error;
      }
      throw new LockstepError('rehearsal.cannot', {
        reason: 'crash',
        detail: (error as Error).message,
      });
    } finally {
      copy.close();
    }
  }
}

/** Texts that were not read anew are the same object, so that this costs next to nothing. */
function areSameMigrations(a: readonly Migration[], b: readonly Migration[]): boolean {
  return (
    a.length === b.length &&
    a.every(({ id, version, up }, i) => {
      const other = b[i];
      return id === other.id && version === other.version && up.text === other.up.text;
    })
  );
}
