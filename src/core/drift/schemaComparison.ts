import type { EngineInfo, StepVerdict } from '../rehearsal/rehearsal';
import type { ErrorInfo } from '../errors';
import type { MigrationRef } from '../migration';

/** The schema that migrations make, beside the one that a database has. Plain data. */
export interface SchemaComparison {
  /** What would be recorded as applied, in order. */
  readonly record: readonly MigrationRef[];
  /**
   * `same`: the database has what the migrations make, and nothing else. `more`: it has that and
   * other things. `differs`: something is missing or not the same. `cannot`: it is not known what the
   * migrations make.
   */
  readonly verdict: 'same' | 'more' | 'differs' | 'cannot';
  /** Names of objects, e.g. `table users`, in the order of the schema. */
  readonly missing: readonly string[];
  readonly different: readonly string[];
  readonly extra: readonly string[];
  /** Both schemas as texts to be compared line by line. */
  readonly expected: string;
  readonly actual: string;
  /** Applied, but without a file: what they made is not expected. */
  readonly unknown: readonly MigrationRef[];
  /** Why it cannot be told. */
  readonly error?: ErrorInfo;
  readonly cannot?: Extract<StepVerdict, { kind: 'cannot' }>;
  /** The migration at which it was found. */
  readonly stoppedAt?: MigrationRef;
  /** The engine that ran the migrations on an empty database. */
  readonly engine?: EngineInfo;
}
