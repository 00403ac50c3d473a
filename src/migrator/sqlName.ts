/** What a migration's file is called, also where a link leads to it. */
export const sqlName = /\.sql$/i;
