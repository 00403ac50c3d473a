import type { ErrorCode, ErrorInfo } from '../../core/errors';
import type { HolderName } from '../../core/model';
import { describePlace, sanitizeLine, type Sentence, type Translate } from '../text';

/** The sentences for some of the codes. */
export type ErrorSentences<Code extends ErrorCode> = {
  readonly [C in Code]: (error: ErrorView) => Sentence;
};

/** An error as the sentences need it: every parameter a safe text, also a missing one. */
export class ErrorView {
  constructor(
    private readonly error: ErrorInfo,
    public readonly t: Translate,
    /** Who had the lock, for `lock.timeout`. */
    public readonly holder?: HolderName,
  ) {}

  has(name: string): boolean {
    return this.error.params[name] !== undefined && this.error.params[name] !== '';
  }

  /** A parameter on one line; `?` when whoever threw the error forgot it. */
  text(name: string, limit = 300): string {
    return this.has(name) ? sanitizeLine(String(this.error.params[name]), limit) : '?';
  }

  path(name: string): string {
    return this.text(name, 4096);
  }

  number(name: string): number {
    const value = Number(this.error.params[name]);
    return Number.isFinite(value) ? value : 0;
  }

  /** `file:line:column: message`, or the message alone where no place is known. */
  placed(message: string): string {
    return this.error.place ? `${describePlace(this.error.place)}: ${message}` : message;
  }

  /** The statement at fault, cut short. */
  statement(): string | undefined {
    return this.has('statement')
      ? this.t('The statement: {statement}', { statement: this.text('statement', 200) })
      : undefined;
  }
}
