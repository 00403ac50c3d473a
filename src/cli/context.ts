import { resolve } from 'node:path';
import type { Service } from '../migrator/service/service';
import type { FoundTarget, Place } from './findTarget';
import { findTarget } from './findTarget';
import type { Options } from './options';
import type { Output } from './output';

/** What a command works with. */
export class Context {
  constructor(
    public readonly options: Options,
    public readonly output: Output,
    public readonly place: Place,
    public readonly service: Service,
    public readonly version: string,
  ) {}

  /** See {@link findTarget}. */
  public async target(wanted: 'database' | 'folders' = 'database'): Promise<FoundTarget> {
    return await findTarget(
      this.options,
      this.place,
      (request) => this.service.discover(request),
      wanted,
    );
  }

  /** Absolute path of the database alone; nothing is searched where it is named. */
  public async database(): Promise<string> {
    const { options, place } = this;
    return options.database === undefined
      ? (await this.target()).database
      : resolve(place.folder, options.database);
  }
}

/** Does what was asked; the exit code. */
export type Command = (context: Context) => Promise<number>;
