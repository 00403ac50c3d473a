import { readdirSync } from 'node:fs';
import { basename, join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { VsCode } from './vscode';

/**
 * Opens a workspace in a real window with the packaged extension, runs Migrate from the palette and
 * compares the history in the database with the migration files.
 * Usage: firstMigration.js <extension.vsix> <workspace folder>
 */
async function main([vsix, folder]: readonly string[]): Promise<boolean> {
  const code = await VsCode.start(vsix);
  try {
    const window = await code.open(folder);
    await window.openView();
    await window.waitForStatus(/pending/i);
    const tree = await window.waitForTree(/pending/i);
    const show = async (when: string): Promise<void> => {
      console.log(`${when}\n  status bar: ${await window.statusText()}`);
      console.log((await window.treeText()).replace(/^/gm, '  | '));
      console.log(`  picture: ${await window.screenshot(`start-${when.toLowerCase()}`)}\n`);
    };
    await show('Before');
    await window.runCommand('Lockstep: Migrate');
    if (/not created/i.test(tree)) {
      await window.answerModal(/create/i);
    }
    await window.waitForStatus(/up to date/i);
    await window.waitForTree(/up to date/i);
    await window.expand('History');
    await window.waitForTree(/History.*\n {4}\S/);
    await show('After');
  } catch (error) {
    console.error(`Seen when it failed: ${(await code.screenshots('start-failed')).join(', ')}`);
    throw error;
  } finally {
    await code.stop();
  }
  return isMigrated(folder);
}

/** Does the history in the file name exactly the migrations of the folder? */
function isMigrated(folder: string): boolean {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' });
  const wanted = files
    .filter((file) => file.endsWith('.sql') && !file.endsWith('.down.sql'))
    .flatMap((file) => /^\d+/.exec(basename(file)) ?? []);
  const databases = files.filter((file) => /\.(db|sqlite3?)$/.test(file));
  const applied = databases.flatMap((file) => versions(join(folder, file)));
  console.log(`Migration files: ${wanted.join(', ')}`);
  console.log(`History in ${databases.join(', ')}: ${applied.join(', ')}`);
  return wanted.length > 0 && wanted.sort().join() === applied.sort().join();
}

function versions(file: string): string[] {
  const database = new DatabaseSync(file, { readOnly: true });
  try {
    return database
      .prepare('SELECT version FROM schema_migrations ORDER BY version')
      .all()
      .map((row) => String(row['version']));
  } finally {
    database.close();
  }
}

main(process.argv.slice(2)).then(
  (right) => {
    console.log(right ? 'The history is right.' : 'The history is NOT right.');
    process.exit(right ? 0 : 1);
  },
  (error: unknown) => {
    console.error(error);
    process.exit(1);
  },
);
