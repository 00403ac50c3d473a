import { foldName } from '../sql/foldName';
import type { TableChange } from './rehearsal';

/** What several steps, one after another, do to each table. */
export function joinChanges(steps: readonly (readonly TableChange[])[]): TableChange[] {
  const joined = new Map<string, TableChange>();
  for (const changes of steps) {
    // Taken out first: two tables may change names with each other in one step.
    const earlier = changes.map(({ table, renamedFrom }) => {
      const name = foldName(renamedFrom ?? table);
      const known = joined.get(name);
      joined.delete(name);
      return known;
    });
    changes.forEach((change, i) => joined.set(foldName(change.table), join(earlier[i], change)));
  }
  // What came and went in between is nobody's concern.
  return [...joined.values()].filter(({ created, dropped }) => !(created && dropped));
}

function join(first: TableChange | undefined, then: TableChange): TableChange {
  if (!first) {
    return then;
  }
  if (first.dropped) {
    // Another table of that name: whatever the first had is gone.
    const { rowsBefore, rowsRemoved, columnsRemoved } = first;
    return { ...then, created: false, rowsBefore, rowsRemoved, columnsRemoved };
  }
  const renamedFrom = first.renamedFrom ?? then.renamedFrom;
  return {
    table: then.table,
    ...(renamedFrom !== undefined && renamedFrom !== then.table && { renamedFrom }),
    rowsBefore: first.rowsBefore,
    rowsAfter: then.rowsAfter,
    created: first.created,
    dropped: then.dropped,
    rowsAdded: first.rowsAdded + then.rowsAdded,
    rowsRemoved: first.rowsRemoved + then.rowsRemoved,
    rowsChanged: first.rowsChanged + then.rowsChanged,
    ...((first.uncounted ?? then.uncounted) && { uncounted: true }),
    ...joinColumns(first, then),
  };
}

type Columns = Pick<TableChange, 'columnsAdded' | 'columnsRemoved' | 'columnsRenamed'>;

function joinColumns(first: Columns, then: Columns): Columns {
  const came = new Set(first.columnsAdded);
  const columnsRenamed = [...first.columnsRenamed];
  let columnsAdded = [...first.columnsAdded];
  for (const { from, to } of then.columnsRenamed) {
    const at = columnsRenamed.findIndex((each) => each.to === from);
    if (came.has(from)) {
      columnsAdded = columnsAdded.map((name) => (name === from ? to : name));
    } else if (at >= 0) {
      columnsRenamed[at] = { from: columnsRenamed[at].from, to };
    } else {
      columnsRenamed.push({ from, to });
    }
  }
  const removed = new Set(then.columnsRemoved);
  const original = (name: string): string =>
    columnsRenamed.find(({ to }) => to === name)?.from ?? name;
  return {
    columnsAdded: [...columnsAdded.filter((name) => !removed.has(name)), ...then.columnsAdded],
    columnsRemoved: [
      ...first.columnsRemoved,
      ...[...removed].filter((name) => !columnsAdded.includes(name)).map(original),
    ],
    columnsRenamed: columnsRenamed.filter(({ to }) => !removed.has(to)),
  };
}
