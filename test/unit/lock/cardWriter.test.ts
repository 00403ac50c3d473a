import assert from 'node:assert/strict';
import { readdirSync, writeFileSync } from 'node:fs';
import { CardWriter } from '../../../src/lock/sentinelHold';
import { lockPaths, readCard, serializeCard } from '../../../src/lock/holderCard';
import { LockFolder, someHolder } from '../../support/lockFixtures';

describe('CardWriter', () => {
  const me = someHolder();
  const other = someHolder();
  let folder: LockFolder;
  let writer: CardWriter;
  beforeEach(() => {
    folder = new LockFolder();
    writer = new CardWriter(lockPaths(folder.database), me.token);
  });
  afterEach(() => {
    assert.deepEqual(readdirSync(folder.path), ['app.db.lock.json']);
    folder.remove();
  });

  it('puts up a card, replaces it, and puts it up again', () => {
    assert.ok(writer.publish('1-2', me, () => assert.fail()));
    assert.deepEqual(readCard(folder.card), { holder: me, folder: '1-2' });
    const progress = { direction: 'up', step: 1, steps: 2, migration: 'a' } as const;
    writer.update({ ...me, progress });
    assert.deepEqual(readCard(folder.card), { holder: { ...me, progress }, folder: '1-2' });
    writer.remove();
    assert.ok(!writer.isThere());
    writer.update(me);
    assert.deepEqual(readCard(folder.card), { holder: me, folder: '1-2' });
  });

  it("neither replaces nor removes another's card", () => {
    writeFileSync(folder.card, serializeCard({ holder: other }));
    writer.update(me);
    writer.remove();
    assert.equal(
      writer.publish('1-2', me, () => false),
      false,
    );
    assert.deepEqual(readCard(folder.card), { holder: other });
  });

  it('takes the place of something that is not a card', () => {
    writeFileSync(folder.card, 'garbage');
    assert.ok(writer.publish('1-2', me, () => assert.fail()));
    assert.deepEqual(readCard(folder.card), { holder: me, folder: '1-2' });
  });
});
