import assert from 'node:assert/strict';
import fc from 'fast-check';
import { LockstepError } from '../../../../src/core/errors';
import { dbmate } from '../../../../src/core/formats/dbmate';
import type { Format } from '../../../../src/core/formats/format';
import { plain } from '../../../../src/core/formats/plain';
import { acceptedEntry, type LogEntry, newLogEntry } from '../../../../src/core/history/runLog';
import type { Goal, Migration, Plan } from '../../../../src/core/model';
import { describeHistory, type PlanInput } from '../../../../src/core/plan/reconcile';
import { planRun } from '../../../../src/core/plan/plan';
import { prepareScript } from '../../../../src/core/sql/prepareScript';

/** `1_a.sql` and, for a name that ends in `!`, without a down migration. */
function folder(...names: string[]): Migration[] {
  return plain.parse(
    names.flatMap((name) => {
      const id = name.replace('!', '');
      const up = { path: `/m/${id}.sql`, text: `create table t${id}(x);` };
      const down = { path: `/m/${id}.down.sql`, text: `drop table t${id};` };
      return name.endsWith('!') ? [up] : [up, down];
    }),
  );
}

function logOf(
  migrations: readonly Migration[],
  more: Partial<LogEntry> = {},
): Map<string, LogEntry> {
  const details = {
    run: 'r',
    at: '2026-11-21T14:05:06.000Z',
    ms: 3,
    rows: 4,
    engine: 'native',
    sqliteVersion: '3.53.4',
    holder: { kind: 'window', host: 'h', pid: 1 },
  } as const;
  return new Map(
    migrations.map((migration) => [
      migration.version,
      { ...newLogEntry({ direction: 'up', migration }, details), ...more },
    ]),
  );
}

function input(
  migrations: readonly Migration[],
  applied: readonly string[],
  more: Partial<PlanInput> = {},
): PlanInput {
  return { format: plain, migrations, applied, log: new Map(), ...more };
}

const nobody = { kind: 'window', host: 'h', pid: 1 } as const;
const all: Goal = { kind: 'all' };
function to(id: string): Goal {
  return { kind: 'to', id };
}
function steps(count: number): Goal {
  return { kind: 'steps', steps: count };
}

function up(given: PlanInput, goal: Goal = all): string[] {
  return ids(planRun({ ...given, direction: 'up', goal }), 'up');
}
function down(given: PlanInput, goal: Goal = all): string[] {
  return ids(planRun({ ...given, direction: 'down', goal }), 'down');
}
function ids(plan: Plan, direction: string): string[] {
  return plan.steps.map((step) => {
    assert.equal(step.direction, direction);
    return step.migration.id;
  });
}

function findings(given: PlanInput): unknown[] {
  const { findings } = planRun({ ...given, direction: 'up', goal: all });
  return findings.map(({ code, severity, migration }) => [code, severity, migration?.id]);
}

function code(run: () => unknown): unknown {
  try {
    run();
  } catch (error) {
    assert.ok(error instanceof LockstepError);
    return [error.code, ...Object.values(error.params)];
  }
  return 'none';
}

const four = folder('001_a', '002_b', '003_c', '004_d');

describe('planRun up', () => {
  it('takes all that is pending, in order', () => {
    assert.deepEqual(up(input(four, [])), ['001_a', '002_b', '003_c', '004_d']);
    assert.deepEqual(up(input(four, ['001', '002'])), ['003_c', '004_d']);
    assert.deepEqual(up(input(four, ['004', '003', '002', '001'])), []);
    assert.deepEqual(up(input([], [])), []);
  });

  it('knows a version however it was recorded', () => {
    assert.deepEqual(up(input(four, ['1', '02', '0003'])), ['004_d']);
    const files = dbmate.parse([{ path: '/m/001_a.sql', text: '-- migrate:up\n' }]);
    assert.deepEqual(up(input(files, ['1'], { format: dbmate })), ['001_a']);
  });

  it('stops at a migration named by id, file name or version', () => {
    for (const name of ['002_b', '002_b.sql', '002', '2', '/m/002_b.sql']) {
      assert.deepEqual(up(input(four, []), to(name)), ['001_a', '002_b'], name);
    }
    assert.deepEqual(up(input(four, ['001', '002', '003']), to('004_d')), ['004_d']);
  });

  it('does nothing up to one that is applied', () => {
    assert.deepEqual(up(input(four, ['001', '002']), to('002_b')), []);
    assert.deepEqual(up(input(four, ['002']), to('002_b')), []);
  });

  it('refuses a goal nobody knows', () => {
    for (const name of ['005', 'b', '', '002_B', '9']) {
      assert.deepEqual(
        code(() => up(input(four, []), to(name))),
        ['goal.unknown', name],
      );
      assert.deepEqual(
        code(() => down(input(four, []), to(name))),
        ['goal.unknown', name],
      );
    }
  });

  it('takes so many steps', () => {
    assert.deepEqual(up(input(four, ['001']), steps(2)), ['002_b', '003_c']);
    assert.deepEqual(up(input(four, ['001']), steps(9)), ['002_b', '003_c', '004_d']);
    assert.deepEqual(up(input(four, []), steps(0)), []);
    assert.deepEqual(up(input(four, []), steps(-1)), []);
  });

  it('takes the steps that were meant, not others instead of those done meanwhile', () => {
    const meant = { direction: 'up', goal: steps(2), intended: ['1', '2'] } as const;
    assert.deepEqual(ids(planRun({ ...input(four, ['001']), ...meant }), 'up'), ['002_b']);
    assert.deepEqual(ids(planRun({ ...input(four, ['001', '2']), ...meant }), 'up'), []);
  });

  it('tells what is pending, whatever the goal', () => {
    const { pending } = planRun({ ...input(four, ['001']), direction: 'up', goal: steps(1) });
    assert.deepEqual(pending, [
      { version: '002', id: '002_b', name: 'b', file: '/m/002_b.sql' },
      { version: '003', id: '003_c', name: 'c', file: '/m/003_c.sql' },
      { version: '004', id: '004_d', name: 'd', file: '/m/004_d.sql' },
    ]);
  });
});

describe('planRun down', () => {
  it('takes what is applied, last first', () => {
    assert.deepEqual(down(input(four, ['001', '003', '002'])), ['003_c', '002_b', '001_a']);
    assert.deepEqual(down(input(four, ['001', '003', '002']), steps(1)), ['003_c']);
    assert.deepEqual(down(input(four, [])), []);
  });

  it('goes back to a migration, which stays', () => {
    const given = input(four, ['001', '002', '003']);
    assert.deepEqual(down(given, to('001_a')), ['003_c', '002_b']);
    assert.deepEqual(down(given, to('003_c')), []);
    assert.deepEqual(down(given, to('004')), []);
  });

  it('removes the version as it was recorded', () => {
    const { steps: all } = planRun({ ...input(four, ['1']), direction: 'down', goal: steps(1) });
    assert.equal(all[0].migration.version, '1');
    assert.equal(all[0].migration.id, '001_a');
  });

  it('stops before anything where a step has no down migration', () => {
    const files = folder('001_a', '002_b!', '003_c');
    const given = input(files, ['001', '002', '003']);
    assert.deepEqual(
      code(() => down(given)),
      ['rollback.noWayBack', '002_b'],
    );
    assert.deepEqual(
      code(() => down(given, to('001_a'))),
      ['rollback.noWayBack', '002_b'],
    );
    assert.deepEqual(down(given, steps(1)), ['003_c']);
    assert.deepEqual(
      code(() => down(input(four, ['001', '009']))),
      ['rollback.noWayBack', '009'],
    );
  });

  it('does not mind what has no down migration below the steps that were meant', () => {
    const files = folder('001_a', '002_b!', '003_c');
    const meant = { direction: 'down', goal: steps(1), intended: ['003'] } as const;
    const given = input(files, ['001', '002', '003']);
    assert.deepEqual(ids(planRun({ ...given, ...meant }), 'down'), ['003_c']);
    const undone = input(files, ['001', '002']);
    assert.deepEqual(ids(planRun({ ...undone, ...meant }), 'down'), []);
  });

  it('finds the down migration in the log where the file is gone', () => {
    const log = logOf(four);
    const given = input(four.slice(0, 2), ['001', '002', '003', '4'], { log });
    const { steps: all } = planRun({ ...given, direction: 'down', goal: to('002_b') });
    assert.deepEqual(
      all.map(({ migration }) => [
        migration.version,
        migration.id,
        migration.name,
        migration.up.file,
      ]),
      [
        ['4', '004_d', 'd', '/m/004_d.sql'],
        ['003', '003_c', 'c', '/m/003_c.sql'],
      ],
    );
    const script = all[0].migration.down!;
    assert.equal(script.file, '', 'it stands in none');
    assert.deepEqual(
      prepareScript(script).statements.map(({ text }) => text),
      ['drop table t004_d;'],
    );
  });

  it('keeps options and sections of a down migration in the log', () => {
    const [migration] = dbmate.parse([
      {
        path: '/m/1_a.sql',
        text: '-- migrate:up\n-- migrate:down transaction:false foreign_keys:true\ndrop table a\n-- migrate:up\n-- migrate:down\ndrop table b -- b\n',
      },
    ]);
    const given = input([], ['1'], { format: dbmate, log: logOf([migration]) });
    const { steps: all } = planRun({ ...given, direction: 'down', goal: steps(1) });
    const script = all[0].migration.down!;
    assert.deepEqual([script.transaction, script.foreignKeys], [false, true]);
    assert.deepEqual(
      prepareScript(script).statements.map(({ text }) => text.split('\n')[0]),
      ['drop table b -- b', 'drop table a'],
    );
  });

  it('prefers the file’s down migration to the log’s', () => {
    const old = plain.parse([
      { path: '/m/001_a.sql', text: 'create table t001_a(x);' },
      { path: '/m/001_a.down.sql', text: 'old' },
    ]);
    const given = input(folder('001_a'), ['001'], { log: logOf(old) });
    const { steps: all } = planRun({ ...given, direction: 'down', goal: steps(1) });
    assert.equal(all[0].migration.down!.text, 'drop table t001_a;');
    const without = input(folder('001_a!'), ['001'], { log: logOf(old) });
    const fromLog = planRun({ ...without, direction: 'down', goal: steps(1) }).steps[0].migration;
    assert.equal(fromLog.down!.text, 'old');
  });

  it('undoes what ran of an edited migration, as long as the edit is not accepted', () => {
    const old = plain.parse([
      { path: '/m/001_a.sql', text: 'create table other(x);' },
      { path: '/m/001_a.down.sql', text: 'drop table other;' },
    ]);
    const undoes = (log: Map<string, LogEntry>): string => {
      const given = input(folder('001_a'), ['001'], { log });
      const plan = planRun({ ...given, direction: 'down', goal: steps(1) });
      return plan.steps[0].migration.down!.text;
    };
    const log = logOf(old);
    assert.equal(undoes(log), 'drop table other;');
    const [now] = folder('001_a');
    const accepted = acceptedEntry(log.get('001')!, now.up, { at: 'now', holder: nobody });
    assert.equal(undoes(new Map([['001', accepted]])), 'drop table t001_a;');
    assert.equal(undoes(logOf(old, { down: undefined })), 'drop table t001_a;', 'nothing kept');
  });

  it('does not believe a log that knows only of an earlier application', () => {
    const log = logOf(folder('001_a'), { direction: 'down' });
    assert.deepEqual(
      code(() => down(input([], ['001'], { log }))),
      ['rollback.noWayBack', '001'],
    );
  });

  it('can be told to go back to one without a file', () => {
    const log = logOf(folder('003_gone'));
    const given = input(
      four.filter(({ id }) => id !== '003_c'),
      ['001', '003', '004'],
      { log },
    );
    assert.deepEqual(down(given, to('003_gone')), ['004_d']);
    assert.deepEqual(down(given, to('3')), ['004_d']);
  });
});

describe('findings', () => {
  it('are none where all is well', () => {
    assert.deepEqual(findings(input(four, ['001', '002'], { log: logOf(four) })), []);
    assert.deepEqual(findings(input(four, ['1', '02'])), []);
  });

  it('refuse duplicates', () => {
    const files = folder('001_a', '1_b', '002_c');
    assert.deepEqual(findings(input(files, [])), [['duplicate', 'refuse', '001_a']]);
    assert.deepEqual(findings(input(files, ['001'])), [['duplicate', 'refuse', '001_a']]);
    const { findings: found } = planRun({ ...input(files, []), direction: 'down', goal: all });
    assert.deepEqual(found[0].params, { version: '001', files: '001_a.sql, 1_b.sql' });
  });

  it('tell duplicates of one name apart by their folders', () => {
    const files = plain.parse(
      ['/m/api/sql/001_a.sql', '/m/app/sql/001_a.sql'].map((path) => ({ path, text: '' })),
    );
    const [{ params }] = planRun({ ...input(files, []), direction: 'up', goal: all }).findings;
    assert.equal(params.files, 'api/sql/001_a.sql, app/sql/001_a.sql');
  });

  it('say of duplicates nothing else, for nobody knows what ran', () => {
    const files = folder('001_a', '001_b', '002_c');
    const given = input(files, ['001', '002'], { log: logOf(folder('001_b', '002_c')) });
    assert.deepEqual(findings(given), [['duplicate', 'refuse', '001_a']]);
    assert.deepEqual(findings(input(files, ['002'])), [['duplicate', 'refuse', '001_a']]);
    const shown = describeHistory(given).map(({ migration, file }) => [migration.id, file]);
    assert.deepEqual(shown, [
      ['002_c', 'unchanged'],
      ['001_b', 'unchanged'],
    ]);
    const unsure = describeHistory({ ...given, log: logOf(folder('001_gone')) });
    assert.deepEqual(
      unsure.map(({ migration, file }) => [migration.id, file]),
      [
        ['002_c', 'unknown'],
        ['001_a', 'unknown'],
      ],
    );
  });

  it('warn of applied migrations without a file', () => {
    assert.deepEqual(findings(input(four, ['001', '0007'])), [
      ['missing', 'warning', '0007'],
      ['outOfOrder', 'warning', '002_b'],
      ['outOfOrder', 'warning', '003_c'],
      ['outOfOrder', 'warning', '004_d'],
    ]);
    const log = logOf(folder('005_gone'));
    assert.deepEqual(findings(input([], ['5'], { log })), [['missing', 'warning', '005_gone']]);
  });

  it('warn of edited files, and only where the log knows', () => {
    const edited = four.map((one) => ({
      ...one,
      up: { ...one.up, text: `${one.up.text} select 1;` },
    }));
    const applied = ['001', '002', '003', '004'];
    assert.deepEqual(findings(input(edited, applied)), []);
    assert.deepEqual(findings(input(edited, applied, { log: logOf(four.slice(1, 2)) })), [
      ['edited', 'warning', '002_b'],
    ]);
    assert.deepEqual(findings(input(edited, ['1'], { log: logOf(four.slice(0, 1)) })), [
      ['edited', 'warning', '001_a'],
    ]);
    assert.deepEqual(findings(input(edited, [], { log: logOf(four) })), []);
    assert.deepEqual(
      findings(input(edited, applied, { log: logOf(four, { direction: 'down' }) })),
      [],
    );
  });

  it('do not mind line ends, trailing blanks, or what stands around a section', () => {
    const text = '-- migrate:up\ncreate table a(x);\n-- migrate:down\ndrop table a;';
    const other = `-- hello\r\n\r\n${text.replaceAll('\n', '  \r\n')}\r\n-- more`;
    const [old] = dbmate.parse([{ path: '/m/1_a.sql', text }]);
    const [now] = dbmate.parse([{ path: '/m/1_a.sql', text: other }]);
    assert.deepEqual(findings(input([now], ['1'], { format: dbmate, log: logOf([old]) })), []);
  });

  it('do not mind another down migration between two sections', () => {
    const sections = (down: string): Migration[] =>
      dbmate.parse([
        {
          path: '/m/1_a.sql',
          text: `-- migrate:up\nselect 1;\n-- migrate:down\n${down}\n-- migrate:up\nselect 2;\n`,
        },
      ]);
    const given = input(sections('one;'), ['1'], { format: dbmate });
    assert.deepEqual(findings({ ...given, log: logOf(sections('two;\nthree;\n\n')) }), []);
  });

  it('warn of pending migrations older than the newest applied, which run all the same', () => {
    const given = input(four, ['001', '003']);
    assert.deepEqual(findings(given), [['outOfOrder', 'warning', '002_b']]);
    assert.deepEqual(up(given), ['002_b', '004_d']);
  });
});

describe('describeHistory', () => {
  it('lists newest first by number, with what the log knows', () => {
    const log = logOf([four[1]]);
    assert.deepEqual(describeHistory(input(four, ['3', '001', '002'], { log })), [
      {
        migration: { version: '003', id: '003_c', name: 'c', file: '/m/003_c.sql' },
        file: 'unknown',
        reversible: true,
      },
      {
        migration: { version: '002', id: '002_b', name: 'b', file: '/m/002_b.sql' },
        log: { at: '2026-11-21T14:05:06.000Z', ms: 3, rows: 4, holder: log.get('002')!.holder },
        file: 'unchanged',
        reversible: true,
      },
      {
        migration: { version: '001', id: '001_a', name: 'a', file: '/m/001_a.sql' },
        file: 'unknown',
        reversible: true,
      },
    ]);
  });

  it('puts those without a file where their file would stand', () => {
    const log = logOf(folder('003_gone', '0005_too!'));
    const given = input(folder('001_a', '002_b!', '004_d'), ['4', '1', '2', '003', '05', '6'], {
      log,
    });
    assert.deepEqual(
      describeHistory(given).map(({ migration, file, reversible }) => [
        migration.id,
        file,
        reversible,
      ]),
      [
        ['6', 'missing', false],
        ['0005_too', 'missing', false],
        ['004_d', 'unknown', true],
        ['003_gone', 'missing', true],
        ['002_b', 'unknown', false],
        ['001_a', 'unknown', true],
      ],
    );
  });

  it('follows dbmate’s order, which is that of file names', () => {
    const names = ['1_z', '10_a', '2_b'];
    const files = names.map((name) => ({ path: `/m/${name}.sql`, text: '-- migrate:up\n' }));
    const given = input(dbmate.parse(files), ['1', '10', '2', '15'], { format: dbmate });
    assert.deepEqual(
      describeHistory(given).map(({ migration }) => migration.id),
      ['2_b', '1_z', '15', '10_a'],
    );
  });
});

describe('plans on random folders', () => {
  const formats: Format[] = [plain, dbmate];
  it('agree with applying them step by step', () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.nat(30), { maxLength: 8 }),
        fc.uniqueArray(fc.nat(30), { maxLength: 8 }),
        fc.nat(9),
        fc.constantFrom(...formats),
        (here, recorded, count, format) => {
          const files = here.map((n) => ({ path: `/m/${n}_x.sql`, text: '' }));
          const texts = files.map(({ path }) => ({
            path,
            text: '-- migrate:up\n-- migrate:down\n',
          }));
          const migrations =
            format === dbmate
              ? dbmate.parse(texts)
              : plain.parse(
                  files.flatMap((f) => [f, { ...f, path: f.path.replace('.sql', '.down.sql') }]),
                );
          const applied = new Set(recorded.map(String).filter((v) => here.includes(Number(v))));
          const given = (): PlanInput => ({
            format,
            migrations,
            applied: [...applied],
            log: new Map(),
          });
          // One at a time is the same as so many at once.
          const atOnce = up(given(), steps(count));
          const before = new Set(applied);
          const oneByOne: string[] = [];
          for (let i = 0; i < count; i++) {
            const [step] = planRun({ ...given(), direction: 'up', goal: steps(1) }).steps;
            if (step) {
              oneByOne.push(step.migration.id);
              applied.add(step.migration.version);
            }
          }
          assert.deepEqual(oneByOne, atOnce);
          // Nothing twice, nothing that was applied.
          assert.equal(new Set(atOnce).size, atOnce.length);
          assert.ok(atOnce.every((id) => !before.has(id.split('_')[0])));
          // All the way up leaves nothing pending, and all the way down undoes it in reverse.
          migrations.forEach(({ version }) => applied.add(version));
          assert.deepEqual(up(given()), []);
          assert.deepEqual(down(given()), migrations.map(({ id }) => id).reverse());
          // Back to any one leaves exactly those up to it.
          const [some] = migrations.slice(-1 - (count % Math.max(1, migrations.length)));
          if (some) {
            const undone = down(given(), to(some.id));
            const kept = migrations.map(({ id }) => id).filter((id) => !undone.includes(id));
            assert.equal(kept.at(-1), some.id);
          }
        },
      ),
    );
  });
});
