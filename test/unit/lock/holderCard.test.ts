import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { mkdirSync, symlinkSync, writeFileSync } from 'node:fs';
import fc from 'fast-check';
import { parseCard, readCard, serializeCard } from '../../../src/lock/holderCard';
import { LockFolder, someHolder } from '../../support/lockFixtures';

const progress = { direction: 'up', step: 2, steps: 8, migration: '002_tags' } as const;
const holder = someHolder({ workspace: 'shop', progress });

describe('parseCard', () => {
  const parse = (changes: object): ReturnType<typeof parseCard> =>
    parseCard(JSON.stringify({ ...holder, folder: '1-2', ...changes }));

  it('reads what serializeCard wrote', () => {
    assert.deepEqual(parseCard(serializeCard({ holder, folder: '1-2' })), {
      holder,
      folder: '1-2',
    });
    assert.deepEqual(parseCard(serializeCard({ holder })), { holder });
  });

  it('refuses what is not a card', () => {
    for (const text of ['', 'null', '[]', '7', '{}', '{"pid":', '\0'.repeat(100)]) {
      assert.equal(parseCard(text), undefined, text);
    }
  });

  const wrong: readonly object[] = [
    { token: '../../etc/passwd' },
    { token: 'A'.repeat(32) },
    { token: null },
    { pid: 0 },
    { pid: -1 },
    { pid: 1.5 },
    { pid: '7' },
    { pid: 2 ** 31 },
    { kind: 'robot' },
    { since: 'yesterday' },
    { since: 5 },
    { host: null },
    { machine: '' },
    { machine: 7 },
    { version: null },
  ];
  for (const changes of wrong) {
    it(`refuses a card with ${JSON.stringify(changes)}`, () => {
      assert.equal(parse(changes), undefined);
    });
  }

  it('writes no more than it reads', () => {
    const long = 'x'.repeat(100_000);
    const text = serializeCard({
      holder: { ...holder, workspace: long, progress: { ...progress, migration: long } },
    });
    assert.ok(text.length < 2_000);
    assert.equal(parseCard(text)?.holder.workspace, 'x'.repeat(200));
  });

  it('drops what it does not know, and progress that makes no sense', () => {
    assert.deepEqual(parse({ more: 1, __proto__: { x: 1 } })?.holder, holder);
    for (const odd of [7, {}, { ...progress, step: -1 }, { ...progress, direction: 'left' }]) {
      assert.equal(parse({ progress: odd })?.holder.progress, undefined);
    }
  });

  it('cleans and cuts every text', () => {
    const card = parse({
      host: 'a\u202Eb\u0000c\nd\u2028e\u200Ff\uD800g',
      workspace: '😀'.repeat(100_000),
      progress: { ...progress, migration: `x${'\u0007'.repeat(5)}y` },
    });
    assert.equal(card?.holder.host, 'abcdefg');
    assert.equal(card?.holder.workspace, '😀'.repeat(200));
    assert.equal(card?.holder.progress?.migration, 'xy');
  });

  it('never throws, and what it lets through is small and well-formed', () => {
    const field = fc.oneof(fc.string({ unit: 'binary', maxLength: 400 }), fc.jsonValue());
    const keys = Object.keys(holder) as (keyof typeof holder)[];
    fc.assert(
      fc.property(fc.constantFrom(...keys), field, (key, value) => {
        const parsed = parse({ [key]: value });
        const text = JSON.stringify(parsed?.holder ?? '');
        assert.ok(text.length < 4_000);
        assert.ok(!/[\p{Cc}\p{Cf}\p{Cs}]/u.test(text));
      }),
      { numRuns: 60 },
    );
  });
});

describe('readCard', () => {
  let folder: LockFolder;
  beforeEach(() => (folder = new LockFolder()));
  afterEach(() => folder.remove());

  it('reads a card', () => {
    writeFileSync(folder.card, serializeCard({ holder }));
    assert.deepEqual(readCard(folder.card), { holder });
  });

  it('finds none where there is none', () => {
    assert.equal(readCard(folder.card), undefined);
  });

  it('does not read a megabyte', () => {
    writeFileSync(folder.card, serializeCard({ holder }) + ' '.repeat(1 << 20));
    assert.equal(readCard(folder.card), undefined);
  });

  it('does not follow a link, wait for a pipe or trip over a folder', function () {
    if (process.platform === 'win32') {
      this.skip();
    }
    writeFileSync(`${folder.card}.elsewhere`, serializeCard({ holder }));
    symlinkSync(`${folder.card}.elsewhere`, folder.card);
    assert.equal(readCard(folder.card), undefined);
    const pipe = `${folder.card}.pipe`;
    spawnSync('mkfifo', [pipe]);
    assert.equal(readCard(pipe), undefined);
    mkdirSync(`${folder.card}.folder`);
    assert.equal(readCard(`${folder.card}.folder`), undefined);
  });
});
