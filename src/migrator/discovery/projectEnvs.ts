import type { Budget } from './budget';
import type { ProjectEnv } from './found';
import { inSlices } from './inSlices';
import { projectEnv } from './projectEnv';
import { readDotEnv } from './readDotEnv';
import type { WalkedFolder } from './walk';

/**
 * What the `.env` files of the walked folders say, and what the environment of the process says about
 * the first of them, which, as for dbmate, comes first.
 */
export async function projectEnvs(
  folders: readonly WalkedFolder[],
  environment: Readonly<Record<string, string | undefined>>,
  budget: Budget,
): Promise<ProjectEnv[]> {
  const withFile = folders.filter(({ files }) => files.includes('.env'));
  const read = await inSlices(withFile, ({ path }) =>
    budget.hasTime() && budget.takeOpen()
      ? { folder: path, variables: readDotEnv(path) }
      : undefined,
  );
  const byFolder = new Map(
    read.flatMap((env) => (env ? [[env.folder, Object.fromEntries(env.variables)]] : [])),
  );
  const [first] = folders;
  if (first) {
    byFolder.set(first.path, { ...byFolder.get(first.path), ...defined(environment) });
  }
  return [...byFolder].map(([folder, variables]) => projectEnv(folder, variables));
}

function defined(
  environment: Readonly<Record<string, string | undefined>>,
): Record<string, string> {
  const { DATABASE_URL, DBMATE_MIGRATIONS_DIR } = environment;
  return {
    ...(DATABASE_URL ? { DATABASE_URL } : {}),
    ...(DBMATE_MIGRATIONS_DIR ? { DBMATE_MIGRATIONS_DIR } : {}),
  };
}
