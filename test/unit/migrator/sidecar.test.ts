import assert from 'node:assert/strict';
import { existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Sidecar } from '../../../src/migrator/sidecar';
import { useScratch } from '../../support/scratch';

describe('Sidecar', () => {
  const scratch = useScratch();
  let sidecar: Sidecar;
  let ignore: string;

  beforeEach(() => {
    sidecar = new Sidecar(scratch.database);
    ignore = join(sidecar.folder, '.gitignore');
  });

  it('is hidden from git, also where the folder came without its .gitignore', () => {
    sidecar.create();
    assert.match(readFileSync(ignore, 'utf8'), /^\*$/m);
    const committed = new Sidecar(join(scratch.folder, 'sub', 'app.db'));
    mkdirSync(committed.folder, { recursive: true });
    writeFileSync(committed.file('log.jsonl'), '');
    committed.create();
    assert.match(readFileSync(join(committed.folder, '.gitignore'), 'utf8'), /^\*$/m);
  });

  it('leaves a .gitignore that is there as it is, and writes through no link', () => {
    mkdirSync(sidecar.folder);
    writeFileSync(ignore, 'mine\n');
    sidecar.create();
    assert.equal(readFileSync(ignore, 'utf8'), 'mine\n');
    const linked = new Sidecar(join(scratch.folder, 'sub', 'app.db'));
    mkdirSync(linked.folder, { recursive: true });
    const elsewhere = join(scratch.folder, 'elsewhere');
    symlinkSync(elsewhere, join(linked.folder, '.gitignore'));
    linked.create();
    assert.equal(existsSync(elsewhere), false);
  });
});
