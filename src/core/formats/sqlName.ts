/** What a migration's file is called, also where a link leads to it. */
export const sqlName = /\.sql$/i;

/** The same as a glob of VS Code's, which minds the case of letters. */
export const sqlGlob = '*.[sS][qQ][lL]';
