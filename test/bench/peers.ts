import { spawnSync } from 'node:child_process';
import { mkdirSync, writeFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { SmallMigration } from './sample';
import { runProcess } from './subjects';

const folder = resolve('test/bench');

/** A peer from npm, driven as its users drive it. */
export interface Peer {
  readonly name: string;
  /** Writes the migrations as this peer wants them. */
  prepare(into: string, migrations: readonly SmallMigration[]): void;
  run(database: string, from: string): Promise<void>;
}

/** The Node that npm runs on: their driver was compiled for it. */
const node = process.env.LOCKSTEP_NPM_NODE || process.execPath;

/** Those that are installed (`npm run bench -- --peers` does that); each a process of its own. */
export function installedPeers(): Peer[] {
  const probe = "new (require('better-sqlite3'))(':memory:')";
  if (spawnSync(node, ['-e', probe], { cwd: folder, stdio: 'ignore' }).status !== 0) {
    return [];
  }
  return Object.entries(writers).map(([name, prepare]) => ({
    name,
    prepare,
    run: async (database, from) => {
      await runProcess(node, [join(folder, 'peers', `${name}.cjs`), database, from]);
    },
  }));
}

const writers: Record<string, Peer['prepare']> = {
  drizzle(into, migrations) {
    mkdirSync(join(into, 'meta'), { recursive: true });
    const entries = migrations.map(({ name }, idx) => ({
      idx,
      version: '6',
      when: 1_700_000_000_000 + idx,
      tag: name,
      breakpoints: true,
    }));
    const journal = { version: '7', dialect: 'sqlite', entries };
    writeFileSync(join(into, 'meta', '_journal.json'), JSON.stringify(journal));
    migrations.forEach(({ name, sql }) => writeFileSync(join(into, `${name}.sql`), sql));
  },
  knex(into, migrations) {
    mkdirSync(into, { recursive: true });
    for (const { name, sql } of migrations) {
      const text = `exports.up = (knex) => knex.raw(${JSON.stringify(sql)});
        exports.down = () => undefined;`;
      writeFileSync(join(into, `${name}.js`), text);
    }
  },
  umzug(into, migrations) {
    mkdirSync(into, { recursive: true });
    migrations.forEach(({ name, sql }) => writeFileSync(join(into, `${name}.sql`), sql));
  },
};
