export interface Disposable {
  dispose(): void;
}

/** Disposes of several together, the last one first; what is added after that is disposed of at once. */
export class Disposables implements Disposable {
  private items: Disposable[] = [];
  private disposed = false;

  add<T extends Disposable>(item: T): T {
    if (this.disposed) {
      item.dispose();
    } else {
      this.items.push(item);
    }
    return item;
  }

  /** Disposes of what there is; more may be added. */
  clear(): void {
    const items = this.items;
    this.items = [];
    for (const item of items.reverse()) {
      item.dispose();
    }
  }

  dispose(): void {
    this.disposed = true;
    this.clear();
  }
}
