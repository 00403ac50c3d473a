import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultRehearsalLimits } from '../../../../src/migrator/protocol';
import { lintLine } from '../../../support/lintMigration';
import { useScratch } from '../../../support/scratch';
import { useService } from '../../../support/service';

describe('lint in a check', () => {
  const scratch = useScratch();
  const service = useService();

  async function lint(name: string, text: string, maxBytes = 1e9): Promise<string[]> {
    const result = await service.check({
      target: { database: scratch.database, folders: [scratch.migrations] },
      file: join(scratch.migrations, name),
      text,
      engine: 'auto',
      trusted: true,
      limits: { ...defaultRehearsalLimits, maxBytes },
    });
    return result.lint.map(lintLine);
  }

  it('looks at the data after what is pending before it', async () => {
    scratch.exec('CREATE TABLE notes (body)');
    scratch.migrate({ '001_a': "INSERT INTO notes VALUES ('a'), ('b');", '002_b': '' });
    assert.deepEqual(await lint('002_b.sql', 'SELECT 1;\r\n DROP TABLE notes;'), [
      'up 2:2 drop-with-rows case=table table=notes rows=2',
    ]);
    assert.deepEqual(await lint('002_b.sql', 'SELECT 1;\r\n DROP TABLE notes;', 0), [
      'up 2:2 drop-with-rows case=table table=notes',
    ]);
  });

  it('says what the text alone tells where nothing can be tried', async () => {
    scratch.exec('CREATE TABLE notes (body)');
    scratch.migrate({ '001_a': 'SELECT * FROM nowhere', '002_b': '', '002_b.down': '' });
    const text = 'DELETE FROM notes;';
    assert.deepEqual(await lint('002_b.sql', text), ['up 1:1 no-where verb=DELETE table=notes']);
    assert.deepEqual(await lint('002_b.down.sql', text), [
      'down 1:1 no-where verb=DELETE table=notes',
    ]);
  });

  it('is silent about what is applied, and what cannot be read', async () => {
    scratch.migrate({ '001_a': 'CREATE TABLE notes (body)', '002_b': '' });
    await service.run(scratch.request({ goal: { kind: 'steps', steps: 1 } }));
    const text = 'DELETE FROM notes;';
    assert.deepEqual(await lint('001_a.sql', text), []);
    assert.deepEqual(await lint('002_b.sql', `${text} SELECT '`), []);
    assert.deepEqual(await lint('readme.sql', text), []);
  });

  it('heeds in a preview, too, what a comment says about the whole file', async () => {
    scratch.exec('CREATE TABLE notes (body)');
    const [up, down] = ['-- migrate:up\nDELETE FROM notes;\n', '-- migrate:down\n'];
    const ignored = async (text: string): Promise<boolean> => {
      scratch.migrate({ '001_a': text });
      const { steps } = await service.preview(scratch.rehearsal());
      return steps[0].lint === undefined;
    };
    const comment = '-- lockstep-ignore-file no-where: rebuilt every night\n';
    assert.equal(await ignored(up + down), false);
    assert.equal(await ignored(comment + up + down), true);
    assert.equal(await ignored(up + down + comment), true);
  });

  it('asks only so much, and finds the rest by text', async () => {
    scratch.exec("CREATE TABLE notes (body); INSERT INTO notes VALUES ('a')");
    scratch.migrate({ '001_a': '' });
    const found = await lint('001_a.sql', "UPDATE notes SET body = 'a';\n".repeat(1000));
    assert.equal(found.length, 1000);
    assert.equal(found[0], 'up 1:1 no-where verb=UPDATE table=notes rows=1');
    assert.equal(found.at(-1), 'up 1000:1 no-where verb=UPDATE table=notes');
  });

  for (const [sample, folder] of [
    ['notes', 'migrations'],
    ['shop', 'db/migrations'],
    ['failing', 'migrations'],
  ] as const) {
    it(`has nothing against the sample ${sample}`, async () => {
      const from = join('migrations-samples', sample, folder);
      const texts = readdirSync(from).sort();
      for (const name of texts) {
        scratch.write({ [`migrations/${name}`]: readFileSync(join(from, name), 'utf8') });
      }
      for (const name of texts) {
        const text = readFileSync(join(from, name), 'utf8');
        assert.deepEqual(await lint(name, text), [], name);
        if (!name.endsWith('.down.sql')) {
          const options = scratch.request({ goal: { kind: 'steps', steps: 1 } });
          await service.run(options);
        }
      }
    });
  }
});
