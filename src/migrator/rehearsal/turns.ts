/** Lets one work after another, in the order they come. */
export class Turns {
  private last: Promise<unknown> = Promise.resolve();

  public async take<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.last.then(work, work);
    this.last = turn.catch(() => undefined);
    return await turn;
  }
}
