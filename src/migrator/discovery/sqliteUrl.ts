/**
 * The file that a database URL names, as dbmate reads it
 * (https://github.com/amacneil/dbmate#sqlite): `sqlite:rel/app.db`, `sqlite:/abs/app.db`,
 * `sqlite:///abs/app.db`, and `sqlite://abs/app.db`, which is absolute too. The path is
 * percent-decoded; the query, which is for the driver, does not belong to it.
 *
 * @returns a path as it stands in the URL, perhaps relative; nothing for another kind of database, or
 *   one in memory
 */
export function pathOfSqliteUrl(url: string): string | undefined {
  const match = /^sqlite3?:([^?#]*)/i.exec(url.trim());
  if (!match) {
    return undefined;
  }
  const path = decoded(match[1]).replace(/^\/+/, '/');
  return path === '' || path === '/' || path === ':memory:' ? undefined : path;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}
