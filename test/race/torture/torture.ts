import { cpSync, chmodSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { Counts } from './counts';
import { Round } from './round';
import { makeScenario, type Abilities, type Size, type Wish } from './scenario';

/** Rounds one after the other, all of one seed. */
export class Torture {
  public readonly counts = new Counts();
  private readonly abilities: Abilities;
  private readonly home = mkdtempSync(join(tmpdir(), 'lockstep-built-'));
  private readonly oldNode = process.env.LOCKSTEP_NODE20;

  constructor(
    private readonly seed: number,
    private readonly verbose = false,
  ) {
    this.abilities = { oldNode: !!this.oldNode, root: process.getuid?.() === 0 };
    // A copy: a long run must not notice that somebody builds meanwhile.
    cpSync(resolve('dist'), this.home, { recursive: true });
    chmodSync(this.home, 0o755);
  }

  /** @returns what is wrong, if anything is */
  public run(round: number, size: Size, wish?: Wish): Promise<string | undefined> {
    const scenario = makeScenario(this.seed, round, size, this.abilities, wish);
    const nodes = { current: process.execPath, old: this.oldNode || process.execPath };
    const { home: dist, counts, verbose } = this;
    return new Round(scenario, { dist, nodes, counts, verbose }).run();
  }

  public dispose(): void {
    rmSync(this.home, { recursive: true, force: true });
  }
}
