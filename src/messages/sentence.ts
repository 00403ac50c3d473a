/** How loud a line in a log is. */
export type LogLevel = 'debug' | 'info' | 'warning' | 'error';

/** What happened, in words. Every part is one line and free of control characters. */
export interface Sentence {
  /** What happened, and where. */
  readonly message: string;
  /** More of it: the statement that failed, the list of causes. */
  readonly detail?: string;
  /** What the person can do next. */
  readonly advice?: string;
}

/** A sentence for a log. */
export interface LogLine extends Sentence {
  readonly level: LogLevel;
}
