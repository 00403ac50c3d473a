import assert from 'node:assert/strict';
import {
  claimingFormat,
  formatNamed,
  formats,
  unsupportedLayout,
} from '../../../../src/core/formats/formats';

describe('formats', () => {
  it('are found by name', () => {
    for (const format of formats) {
      assert.equal(formatNamed(format.name), format);
    }
  });

  it('never claim a folder both', () => {
    const texts = ['select 1;', '-- migrate:up\n', '-- +goose Up\n', ' -- migrate:up\n'];
    for (const a of texts) {
      for (const b of texts) {
        const files = [a, b].map((text, i) => ({ path: `/m/${i}_x.sql`, text }));
        assert.ok(formats.filter((format) => format.claims(files)).length <= 1, a + b);
      }
    }
    assert.equal(claimingFormat([{ path: '/m/1_x.sql', text: 'select 1;' }])?.name, 'plain');
    assert.equal(claimingFormat([{ path: '/m/1_x.sql', text: '-- migrate:up\n' }])?.name, 'dbmate');
    assert.equal(claimingFormat([{ path: '/m/1_x.sql', text: '-- +goose Up\n' }]), undefined);
  });
});

describe('unsupportedLayout', () => {
  it('knows folders by the names in them', () => {
    for (const [layout, ...entries] of [
      ['Flyway', 'V1__init.sql', 'V1.2__more.sql'],
      ['Flyway', 'R__views.sql'],
      ['Prisma', 'migration_lock.toml', '20240101_init/migration.sql'],
      ['Prisma', '20240101_init/migration.sql'],
      ['Drizzle', '0000_x.sql', 'meta/_journal.json'],
      ['Drizzle', '20260101_x/migration.sql', '20260101_x/snapshot.json'],
      ['Diesel', '00000000000000_init/up.sql', '00000000000000_init/down.sql'],
      ['Sqitch', 'sqitch.plan', 'deploy/users.sql'],
      ['yoyo', '0001.users.sql', '0001.users.rollback.sql'],
      ['Postgrator', '001.do.users.sql', '001.undo.users.sql'],
      ['Postgrator', '001.do.sql'],
      ['db-migrate', '20150207134657-x-up.sql', '20150207134657-x-down.sql'],
    ] as const) {
      assert.equal(unsupportedLayout(entries, []), layout);
    }
  });

  it('knows folders by what the files say', () => {
    for (const [text, layout] of [
      ['-- +goose Up\ncreate table a(x);\n-- +goose Down\n', 'goose'],
      ['-- +goose up\r\n', 'goose'],
      ['-- +migrate Up\n', 'sql-migrate'],
      ['-- liquibase formatted sql\n', 'Liquibase'],
      ['--liquibase formatted sql\n', 'Liquibase'],
      ['-- rambler up\n', 'rambler'],
      ['CREATE TABLE a(x);\n--> statement-breakpoint\n', 'Drizzle'],
      ['-- ==== UP ====\n-- ==== DOWN ====\n', 'shmig'],
    ] as const) {
      assert.equal(unsupportedLayout(['001_a.sql'], ['select 1;', text]), layout);
    }
  });

  it('leaves alone what Lockstep runs', () => {
    for (const entries of [
      ['001_a.sql', '002_b.sql', 'README.md', 'schema.sql'],
      ['1_a.up.sql', '1_a.down.sql'],
      ['20260101120000_a.sql'],
      ['001_lights-up.sql', '002_x.sql'],
      ['001_a.sql', 'old/001_a.sql'],
      [],
    ]) {
      assert.equal(unsupportedLayout(entries, ['select 1;', '-- migrate:up\n']), undefined);
    }
  });
});
