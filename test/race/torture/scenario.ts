import { SeededRandom } from './seededRandom';

/** What one round does. Plain data that follows from the seed alone, so that a seed replays it. */
export interface Scenario {
  readonly seed: number;
  readonly round: number;
  readonly engine: 'native' | 'sqljs' | 'mixed';
  /** What the app uses; a Lockstep run changes none of it. */
  readonly journal: 'delete' | 'truncate' | 'persist' | 'wal';
  readonly pageSize: number;
  /** False: there is no database before the first migration. */
  readonly exists: boolean;
  readonly steps: readonly StepKind[];
  readonly contenders: readonly ContenderPlan[];
  readonly foreigners: readonly ForeignerPlan[];
  /** What is found in the sentinel's place. */
  readonly litter: Litter;
  readonly blows: readonly Blow[];
  readonly obstacle: Obstacle;
}

export type StepKind =
  | 'table'
  | 'index'
  | 'slow'
  | 'big'
  | 'addColumn'
  | 'rebuild'
  | 'references'
  | 'trigger'
  | 'fullText'
  | 'temporary'
  | 'wrapped'
  | 'vacuum'
  | 'ownCommit';

export interface ContenderPlan {
  readonly kind: 'terminal' | 'window';
  readonly engine: 'native' | 'sqljs';
  /** `old`: on a Node without node:sqlite. */
  readonly node: 'current' | 'old';
  readonly startMs: number;
  readonly waitMs: number;
  /** Only a window's request can say it. */
  readonly staleMs: number;
  readonly transaction: 'each' | 'grouped' | 'all';
  /** How many copies of the database are kept. */
  readonly backups: number;
  readonly rehearse: 'auto' | 'never';
  /** By which name it reaches the database. */
  readonly path: 'direct' | 'linkedFile' | 'linkedFolder';
}

export type ForeignerPlan =
  | { readonly kind: 'writer' }
  | { readonly kind: 'reader'; readonly holdMs: number }
  | { readonly kind: 'holder'; readonly afterMs: number; readonly holdMs: number };

const litters = [
  'none',
  'deadPid',
  'reusedPid',
  'garbage',
  'empty',
  'folderOnly',
  'cardOnly',
  'elsewhere',
  'future',
  'megabyte',
] as const;
export type Litter = (typeof litters)[number];

/** Something done to a contender, or to the sentinel behind everybody's back. */
export interface Blow {
  readonly atMs: number;
  readonly kind:
    | 'kill'
    | 'killAtCommit'
    | 'stop'
    | 'interrupt'
    | 'abandon'
    | 'killForeigner'
    | 'guard'
    | 'usurp'
    | `leave:${Litter}`;
  readonly whom: 'holder' | 'any';
  /** Chooses among those alive then. */
  readonly choice: number;
  /** How long a stop or a guard lasts; for `killAtCommit`, how many writes are let pass. */
  readonly amount: number;
  /** Somebody else starts in place of who was killed. */
  readonly replace: boolean;
}

/** `fileLimit`: `ulimit -f`; `smallDisk`: a small tmpfs; the others are permissions. */
export type Obstacle = 'none' | 'fileLimit' | 'smallDisk' | 'lockedFolder' | 'readOnlyFile';

export interface Abilities {
  /** A Node without node:sqlite is at hand. */
  readonly oldNode: boolean;
  /** May mount, and may start processes as somebody else. */
  readonly root: boolean;
}

/** How large rounds are: `short` for every `npm test`. */
export type Size = 'short' | 'long';

/** What to have in a round whatever the dice say; for the short form. */
export type Wish = Partial<
  Pick<Scenario, 'engine' | 'journal' | 'obstacle' | 'exists'> & {
    /** At the start, one after the other. */
    readonly blows: readonly Blow['kind'][];
    readonly transaction: ContenderPlan['transaction'];
    readonly foreigner: ForeignerPlan;
    /** All contenders start at once, and there is work for a while. */
    readonly together: boolean;
  }
>;

export function makeScenario(
  seed: number,
  round: number,
  size: Size,
  abilities: Abilities,
  wish: Wish = {},
): Scenario {
  const random = new SeededRandom(`${seed}/${round}`);
  const obstacle = wish.obstacle ?? obstacleOf(random, abilities);
  const engine = wish.engine ?? (obstacle === 'none' ? engineOf(random) : 'native');
  const foreign = engine === 'native';
  const long = foreign && obstacle === 'none' && random.chance(0.12);
  const foreigners = foreign && obstacle === 'none' ? foreignersOf(random, long, size) : [];
  if (wish.foreigner) {
    foreigners.push(wish.foreigner);
  }
  const waitMs = long ? random.int(800, 2_000) : 60_000;
  const steps = stepsOf(random, engine, obstacle, size).flatMap((step) =>
    wish.together ? (['slow', step] as const) : [step],
  );
  const span = size === 'short' ? 800 : 2_500;
  const many = size === 'short' ? random.int(3, 6) : random.pick([2, 3, 4, 6, 8, 12, 20]);
  const contenders = Array.from({ length: many }, () => ({
    ...contenderOf(random, engine, obstacle, waitMs, span, abilities),
    ...(wish.transaction && { transaction: wish.transaction }),
    ...(wish.together && { startMs: 0 }),
  }));
  const blows = obstacle === 'none' ? blowsOf(random, span, size) : [];
  const wished = (wish.blows ?? []).map((kind, index): Blow => {
    return { ...blowOf(random, kind, span), atMs: index, whom: 'holder' };
  });
  return {
    seed,
    round,
    engine,
    journal: wish.journal ?? journalOf(random, engine),
    pageSize: random.pick([512, 1024, 2048, 4096, 8192, 16384, 32768, 65536]),
    exists: wish.exists ?? (foreigners.length > 0 || obstacle !== 'none' || random.chance(0.7)),
    steps,
    contenders,
    foreigners,
    litter: obstacle === 'none' && random.chance(0.4) ? random.pick(litters) : 'none',
    blows: [...wished, ...blows].sort((a, b) => a.atMs - b.atMs),
    obstacle,
  };
}

function engineOf(random: SeededRandom): Scenario['engine'] {
  return random.pick(['native', 'native', 'native', 'native', 'sqljs', 'mixed']);
}

function journalOf(random: SeededRandom, engine: Scenario['engine']): Scenario['journal'] {
  return engine === 'native' ? random.pick(['delete', 'truncate', 'persist', 'wal']) : 'delete';
}

function obstacleOf(random: SeededRandom, { root }: Abilities): Obstacle {
  const possible: Obstacle[] = ['fileLimit', 'lockedFolder', 'readOnlyFile'];
  if (root) {
    possible.push('smallDisk');
  }
  return random.chance(0.15) ? random.pick(possible) : 'none';
}

function foreignersOf(random: SeededRandom, long: boolean, size: Size): ForeignerPlan[] {
  const found: ForeignerPlan[] = [];
  if (random.chance(0.8)) {
    found.push({ kind: 'writer' });
  }
  if (size === 'long' && random.chance(0.2)) {
    found.push({ kind: 'writer' });
  }
  if (random.chance(0.3)) {
    found.push({ kind: 'reader', holdMs: random.int(50, 600) });
  }
  if (long) {
    found.push({ kind: 'holder', afterMs: random.int(0, 300), holdMs: 3_500 });
  } else if (random.chance(0.2)) {
    const holdMs = size === 'short' ? 500 : 2_000;
    found.push({ kind: 'holder', afterMs: random.int(0, 600), holdMs });
  }
  return found;
}

function stepsOf(
  random: SeededRandom,
  engine: Scenario['engine'],
  obstacle: Obstacle,
  size: Size,
): StepKind[] {
  const kinds: StepKind[] = ['table', 'index', 'slow', 'addColumn', 'rebuild', 'references'];
  kinds.push('slow', 'trigger', 'temporary', 'wrapped');
  if (engine === 'native') {
    kinds.push('fullText', 'big');
  }
  if (random.chance(0.3)) {
    kinds.push('vacuum');
  }
  if (obstacle === 'none' && random.chance(0.35)) {
    kinds.push('ownCommit');
  }
  const count = size === 'short' ? random.int(8, 16) : random.int(4, 40);
  const steps = Array.from({ length: count }, () => random.pick(kinds));
  return obstacle === 'fileLimit' || obstacle === 'smallDisk' ? [...steps, 'big', 'big'] : steps;
}

function contenderOf(
  random: SeededRandom,
  engine: Scenario['engine'],
  obstacle: Obstacle,
  waitMs: number,
  spanMs: number,
  { oldNode }: Abilities,
): ContenderPlan {
  const kind = obstacle === 'none' && random.chance(0.4) ? 'window' : 'terminal';
  const sqljs = engine === 'sqljs' || (engine === 'mixed' && random.chance(0.5));
  return {
    kind,
    engine: sqljs ? 'sqljs' : 'native',
    node: sqljs && oldNode && kind === 'terminal' && random.chance(0.7) ? 'old' : 'current',
    startMs: random.chance(0.5) ? 0 : random.int(0, spanMs),
    waitMs,
    staleMs: random.int(400, 900),
    transaction: random.pick(['grouped', 'grouped', 'each']),
    backups: random.pick([0, 2, 5]),
    rehearse: random.pick(['auto', 'never']),
    path: random.pick(['direct', 'direct', 'direct', 'linkedFile', 'linkedFolder']),
  };
}

function blowsOf(random: SeededRandom, spanMs: number, size: Size): Blow[] {
  const kinds: Blow['kind'][] = ['kill', 'kill', 'kill', 'killAtCommit', 'killAtCommit'];
  kinds.push('stop', 'stop', 'interrupt', 'abandon', 'killForeigner', 'guard', 'usurp');
  kinds.push(...litters.map((litter) => `leave:${litter}` as const));
  const count = size === 'short' ? random.int(2, 5) : random.int(0, 14);
  return Array.from({ length: count }, () => blowOf(random, random.pick(kinds), spanMs));
}

function blowOf(random: SeededRandom, kind: Blow['kind'], spanMs: number): Blow {
  return {
    atMs: random.int(20, spanMs),
    kind,
    whom: random.chance(0.7) ? 'holder' : 'any',
    choice: random.int(0, 1_000),
    amount: kind === 'killAtCommit' ? random.int(0, 6) : random.int(300, 1_600),
    replace: random.chance(0.5),
  };
}
