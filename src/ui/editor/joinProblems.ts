import { oneLine } from '../../messages/text';
import type { FileProblem } from './checkProblems';

/**
 * The problems of a file that several databases share: each once, with the names of the databases
 * that it concerns.
 */
export function joinProblems(
  found: readonly { readonly database: string; readonly problems: readonly FileProblem[] }[],
): FileProblem[] {
  if (found.length === 1) {
    return [...found[0].problems];
  }
  const joined = new Map<string, { problem: FileProblem; databases: string[] }>();
  for (const { database, problems } of found) {
    for (const problem of problems) {
      const key = JSON.stringify(problem);
      const entry = joined.get(key) ?? { problem, databases: [] };
      entry.databases.push(oneLine(database));
      joined.set(key, entry);
    }
  }
  return [...joined.values()].map(({ problem, databases }) => ({
    ...problem,
    message: `${databases.join(', ')}: ${problem.message}`,
  }));
}
