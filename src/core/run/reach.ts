/**
 * Which files the SQL of migrations may open or write beside the database (ATTACH, VACUUM INTO):
 * those in the database's folder always, those in `folders` too, or all.
 */
export type Reach = 'anywhere' | { readonly folders: readonly string[] };

/**
 * Why a file may not be reached. `itself`: it is the database, or belongs to it; a second connection
 * waits for the first for ever. `uri`: its parameters can switch locking off. `computed`: it is not
 * known before the statement runs.
 */
type ReachRefusal = 'outside' | 'itself' | 'uri' | 'computed';

/** @returns why SQL may not reach a file, named as SQL does; undefined where it may */
export type ReachCheck = (file: string) => ReachRefusal | undefined;
