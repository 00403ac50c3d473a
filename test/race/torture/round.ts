import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { lockPaths } from '../../../src/lock/holderCard';
import { readLock } from '../../../src/lock/staleLockDetector';
import { machineId } from '../../../src/system/process';
import { runAfterwards } from './afterwards';
import type { Contender, Ending, Ground } from './contender';
import type { Counts } from './counts';
import { Diary } from './diary';
import { Foreigner } from './foreigner';
import { leaveLitter } from './litter';
import { Mischief } from './mischief';
import { hinder, type Hindrance } from './obstacles';
import { Place } from './place';
import type { ContenderPlan, Scenario } from './scenario';
import { Terminal } from './terminal';
import { judgeClaims, judgeDatabase, judgeEnding, judgeFiles } from './verdict';
import { Window } from './window';
import { lastMigration } from './workload';

/** Milliseconds beyond its wait after which a contender counts as hanging: a busy machine is slow. */
const patienceMs = 60_000;

/** What a round needs that is not of its scenario. */
export interface Tools {
  readonly dist: string;
  readonly nodes: Ground['nodes'];
  readonly counts: Counts;
  /** Says what happens while it happens. */
  readonly verbose: boolean;
}

/** One round of torture: a storm, a run afterwards, a verdict. */
export class Round {
  private readonly diary: Diary;
  private readonly faults: string[] = [];
  private readonly contenders: Contender[] = [];
  private readonly endings = new Map<Contender, Ending>();
  private readonly ends: Promise<void>[] = [];
  private readonly excused = new Set<Contender>();
  private readonly foreigners: Foreigner[] = [];
  private readonly place: Place;
  private ground!: Ground;

  constructor(
    private readonly scenario: Scenario,
    private readonly tools: Tools,
  ) {
    this.diary = new Diary(tools.verbose);
    this.place = new Place(scenario);
  }

  /** @returns undefined when all is well, else what is wrong, with all that is known about it */
  public async run(): Promise<string | undefined> {
    try {
      await this.storm();
      await this.judge();
    } catch (error) {
      this.faults.push(String((error as Error).stack));
    } finally {
      this.contenders.forEach((each) => each.dispose());
      this.foreigners.forEach((each) => each.kill());
    }
    if (this.faults.length === 0) {
      this.place.remove();
      return undefined;
    }
    return this.report();
  }

  private async storm(): Promise<void> {
    const { scenario, place, diary, tools } = this;
    const hindrance = hinder(scenario.obstacle, place.folder, place.database, place.size);
    this.ground = this.groundOf(hindrance);
    await this.startForeigners();
    if (scenario.litter !== 'none') {
      diary.note(`in the sentinel's place: ${scenario.litter}`);
      leaveLitter(place.database, scenario.litter);
    }
    const starts = scenario.contenders.map((plan) => this.startLater(plan));
    const mischief = new Mischief(this, diary, tools.counts);
    const blows = mischief.strikeAll(scenario.blows);
    const janitor = setInterval(() => this.helpStuck(), 500);
    try {
      await Promise.all(starts);
      await blows;
      await this.allEnded();
    } finally {
      clearInterval(janitor);
    }
    diary.note('all have ended');
    for (const each of this.foreigners) {
      const complaints = await each.stop();
      if (complaints && !each.killed) {
        this.faults.push(`${each.name}: ${complaints}`);
      }
    }
    hindrance.remove();
    place.enlarge();
  }

  private async judge(): Promise<void> {
    const { scenario, place, tools, diary } = this;
    const { counts } = tools;
    const lastStep = scenario.steps.length + 2;
    place.write(lastMigration(lastStep));
    const engine = scenario.engine === 'sqljs' ? 'sqljs' : 'native';
    this.faults.push(...(await runAfterwards(place, tools.dist, engine, diary, counts)));
    this.faults.push(...judgeFiles(place.folder, []));
    this.faults.push(...judgeDatabase(place.database, scenario, this.foreigners, lastStep));
    this.faults.push(...judgeClaims(this.contenders, lastStep));
    for (const [contender, ending] of this.endings) {
      const storm = { struck: this.excused.size > 0, excused: this.excused.has(contender) };
      this.faults.push(...judgeEnding(contender, ending, scenario, storm));
      counts.add(`ended: ${ending.outcome ?? ending.signal ?? ending.error ?? ending.code}`);
    }
    counts.add('rounds');
    counts.add('migrations applied', lastStep);
    for (const { plan, committed } of this.foreigners) {
      counts.add(`foreign ${plan.kind}s`);
      counts.add('foreign rows written and found', committed.length);
    }
  }

  private groundOf({ fileLimit, uid }: Hindrance): Ground {
    const { folder, migrations, paths } = this.place;
    const { dist, nodes } = this.tools;
    const note = (what: string): void => {
      this.diary.note(what);
      if (what.includes('"tookOver"')) {
        this.tools.counts.add('takeovers');
      }
    };
    return { dist, nodes, folder, migrations, paths, fileLimit, uid, note };
  }

  private async startForeigners(): Promise<void> {
    const { scenario, place, diary } = this;
    scenario.foreigners.forEach((plan, index) => {
      const name = `${plan.kind}${index + 1}`;
      const note = (what: string): void => diary.note(what);
      this.foreigners.push(new Foreigner(name, plan, place.database, scenario.journal, note));
    });
    await Promise.all(this.foreigners.map(({ ready }) => ready));
    this.foreigners.forEach((each) => each.go());
  }

  private async startLater(plan: ContenderPlan): Promise<void> {
    await sleep(plan.startMs);
    this.start(plan);
  }

  private start(plan: ContenderPlan): void {
    const name = `${plan.kind}${this.contenders.length + 1}`;
    const Kind = plan.kind === 'terminal' ? Terminal : Window;
    const contender = new Kind(name, plan, this.ground);
    this.contenders.push(contender);
    this.tools.counts.add('processes');
    const { diary } = this;
    diary.note(`${name} starts, pid ${contender.pid}, ${plan.engine} ${plan.transaction}`);
    const hung = sleep(plan.waitMs + patienceMs, undefined, { ref: false }).then((): Ending => {
      if (!this.endings.has(contender)) {
        this.fault(`${name} (pid ${contender.pid}) does not end`);
        contender.signal('SIGKILL');
      }
      return { detail: 'hung', error: 'hung' };
    });
    const ended = Promise.race([contender.ended, hung]).then((ending) => {
      this.endings.set(contender, ending);
      const { outcome, error, code, signal } = ending;
      diary.note(`${name} ends: ${[outcome, error, code, signal].filter(Boolean).join(' ')}`);
    });
    this.ends.push(ended);
  }

  /** Others may be started while we wait. */
  private async allEnded(): Promise<void> {
    for (let seen = -1; seen !== this.ends.length;) {
      seen = this.ends.length;
      await Promise.all(this.ends);
    }
  }

  private unknownSince: { id: string; ms: number } | undefined;

  /**
   * A terminal waits a minute before it takes away what nobody can be asked about. A window can be
   * told to wait less: one is sent in when nothing else moves.
   */
  private helpStuck(): void {
    let id: string | undefined;
    try {
      const { folder, card } = readLock(lockPaths(this.place.database), machineId());
      id = folder && (!card || card.holder.machine !== machineId()) ? folder.id : undefined;
    } catch {
      return; // in the middle of something
    }
    if (id === undefined || this.unknownSince?.id !== id) {
      this.unknownSince = id === undefined ? undefined : { id, ms: this.diary.ms };
    } else if (this.diary.ms - this.unknownSince.ms > 1_500 && this.ground.uid === undefined) {
      this.unknownSince = undefined;
      this.diary.note('a window is sent in, for it may take the sentinel away');
      const [plan] = this.scenario.contenders;
      this.start({ ...plan, kind: 'window', node: 'current', staleMs: 400, path: 'direct' });
    }
  }

  private report(): string {
    const { scenario, place, faults, diary } = this;
    const text = [
      `seed ${scenario.seed}, round ${scenario.round}, kept in ${place.home}`,
      ...faults.map((fault) => `FAULT ${fault}`),
      JSON.stringify(scenario),
      diary.text(),
    ].join('\n');
    writeFileSync(join(place.home, 'torture.log'), text);
    place.keep();
    return text;
  }

  // What the blows fall on.

  public get database(): string {
    return this.place.database;
  }

  public alive(): readonly Contender[] {
    return this.contenders.filter((each) => !this.endings.has(each));
  }

  public over(): boolean {
    const { contenders, endings } = this;
    return (
      contenders.length >= this.scenario.contenders.length && contenders.length === endings.size
    );
  }

  public writers(): readonly Foreigner[] {
    return this.foreigners.filter(({ killed, plan }) => !killed && plan.kind === 'writer');
  }

  public replace({ plan }: Contender): void {
    this.start(plan);
  }

  public excuse(whom: Contender): void {
    this.excused.add(whom);
  }

  public fault(what: string): void {
    this.diary.note(`FAULT ${what}`);
    this.faults.push(what);
  }
}
