/** A value longer than this is no path; `A=$B$B`, `B=$C$C` and so on would fill the memory. */
const longestValue = 32 * 1024;

/**
 * The variables of a `.env` file, as dbmate's library reads it (https://github.com/joho/godotenv):
 * `export`, `KEY=value` or `KEY: value`, comments, single quotes literal, double quotes with escapes,
 * `$NAME` and `${NAME}` of the same file filled in outside single quotes. Lines that are none of that
 * are passed over.
 */
export function parseDotEnv(text: string): ReadonlyMap<string, string> {
  const variables = new Map<string, string>();
  const line =
    /^[ \t]*(?:export[ \t]+)?([\w.]+)[ \t]*(?:=|:(?!\/\/))[ \t]*(?:'([^']*)'|"((?:\\.|[^"\\])*)"|([^\r\n]*))/gm;
  for (const [, name, literal, quoted, bare] of text.replace(/^\ufeff/, '').matchAll(line)) {
    variables.set(
      name,
      literal ??
        expand(quoted === undefined ? uncommented(bare) : quoted, variables, quoted !== undefined),
    );
  }
  return variables;
}

function uncommented(value: string): string {
  return value.replace(/(?:^|[ \t])#.*$/, '').trim();
}

function expand(value: string, variables: ReadonlyMap<string, string>, escapes: boolean): string {
  let length = 0;
  const pattern = /\\(.)|\$\{([A-Z0-9_]+)\}|\$([A-Z0-9_]+)/gis;
  return value.replace(pattern, (all, escaped: string | undefined, braced, plain) => {
    if (escaped !== undefined) {
      const known: Record<string, string> = { n: '\n', r: '\r' };
      return escapes ? (known[escaped] ?? escaped) : escaped === '$' ? '$' : all;
    }
    const filled = variables.get(braced ?? plain) ?? '';
    length += filled.length;
    return length > longestValue ? '' : filled;
  });
}
