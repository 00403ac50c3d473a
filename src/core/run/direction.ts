/** Applying migrations, or rolling them back. */
export type Direction = 'up' | 'down';
