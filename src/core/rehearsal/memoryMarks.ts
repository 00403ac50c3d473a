import type { Mark, MarkStore } from '../run/runningMark';

/** The running mark of a copy: nobody needs to find it after a crash. */
export class MemoryMarks implements MarkStore {
  private mark: Mark | undefined;

  public read(): Mark | undefined {
    return this.mark;
  }

  public create(mark: Mark): boolean {
    this.mark = mark;
    return true;
  }

  public update(mark: Mark): void {
    this.mark = mark;
  }

  public remove(): void {
    this.mark = undefined;
  }

  public isAlive(): boolean {
    return true;
  }
}
