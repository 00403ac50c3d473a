import assert from 'node:assert/strict';
import { defaultBackupOptions } from '../../../src/core/model';
import { help } from '../../../src/cli/help';
import { commandNames, parseOptions } from '../../../src/cli/options';
import { plainTranslate as t } from '../../../src/messages/text';
import { describeError } from '../../../src/messages/describeError';
import { errorInfo } from '../../../src/core/errors';

describe('parseOptions', () => {
  it('takes what DATABASE_URL would say for the database, and creates no file of that name', () => {
    const database = (value: string): string | undefined =>
      parseOptions(['migrate', '--database', value]).database;
    assert.equal(database('sqlite:db/app.db?mode=rwc'), 'db/app.db');
    assert.equal(database('sqlite3:///abs/my%20app.db'), '/abs/my app.db');
    assert.equal(database('C:\\db\\app.db'), 'C:\\db\\app.db');
    assert.equal(database('notes: old.db'), 'notes: old.db');
  });

  it('reads every flag', () => {
    const options = parseOptions([
      'migrate',
      '--database=a.db',
      '--migrations',
      'one',
      '-m',
      'two',
      '--to',
      '003',
      '--wait',
      '1.5',
      '--engine',
      'sqljs',
      '--allow-outside',
      '--json',
    ]);
    assert.deepEqual(
      { ...options },
      {
        command: 'migrate',
        help: false,
        version: false,
        json: true,
        verbose: false,
        database: 'a.db',
        migrations: ['one', 'two'],
        to: '003',
        steps: undefined,
        wait: 1500,
        engine: 'sqljs',
        rehearse: 'auto',
        rollback: false,
        transaction: 'grouped',
        allowOutside: true,
        backup: defaultBackupOptions,
        check: false,
        break: false,
        force: false,
        decision: undefined,
        latest: false,
        yes: false,
        name: '',
      },
    );
    assert.equal(parseOptions(['rollback', '--steps', '2']).steps, 2);
    assert.equal(parseOptions(['migrate', '--wait', '0']).wait, 0);
    assert.equal(parseOptions(['new', 'add', 'users']).name, 'add users');
    assert.equal(parseOptions(['resolve', '--mark-applied']).decision, 'markApplied');
    assert.equal(parseOptions(['restore', 'a.backup', '-y']).yes, true);
    assert.deepEqual(parseOptions(['migrate', '--backups', '0', '--backup-max', '1']).backup, {
      keep: 0,
      maxBytes: 1024 * 1024,
    });
  });

  const wrong: [line: string, says: RegExp][] = [
    ['', /Name a command: status, preview, migrate/],
    ['migrat', /no command “migrat”/],
    ['migrate --bogus', /Unknown option '--bogus'/],
    ['migrate --to', /--to needs a value\.$/],
    ['restore', /lockstep backups.*--latest/],
    ['restore a.backup --latest', /--latest/],
    ['migrate --backups few', /--backups takes a number/],
    ['status --backups 1', /means nothing/],
    ['backups extra', /Unexpected argument/],
    ['migrate extra', /Unexpected argument “extra”/],
    ['migrate --to 1 --steps 2', /not both/],
    ['migrate --steps 0', /--steps takes a number from 1 on, not “0”/],
    ['migrate --steps two', /“two”/],
    ['migrate --wait -1', /--wait needs a value; one that begins with “-” is written --wait=…/],
    ['migrate --wait=-1', /--wait takes a number, not “-1”/],
    ['migrate --database=', /--database needs a value/],
    [
      'migrate -d postgres://user:secret@host/db',
      /^--database takes the path of a SQLite file, or/,
    ],
    ['migrate -d file:app.db', /--database takes the path/],
    ['migrate -d sqlite::memory:', /--database takes the path/],
    ['migrate --to=', /--to needs a value/],
    ['migrate --migrations=', /--migrations needs a value/],
    ['new ///', /Nothing of “\/\/\/” can be in a file name/],
    ['migrate --engine fast', /one of auto, native, sqljs, not “fast”/],
    ['migrate --check', /--check means nothing to “lockstep migrate”/],
    ['status --to 3', /--to means nothing to “lockstep status”/],
    ['lock --force', /--force belongs to --break/],
    ['new', /Give the new migration a name/],
    ['resolve', /--retry or --mark-applied/],
    ['resolve --retry --mark-applied', /--retry or --mark-applied/],
  ];
  for (const [line, says] of wrong) {
    it(`refuses: lockstep ${line}`, () => {
      assert.throws(
        () => parseOptions(line.split(' ').filter(Boolean)),
        (error) => {
          const { message, advice } = describeError(errorInfo(error), t);
          assert.equal(errorInfo(error).code, 'usage');
          assert.match(message, says);
          assert.doesNotMatch(message, /\n|undefined/);
          const [command] = line.split(' ');
          const known = (commandNames as readonly string[]).includes(command);
          const about = known ? `lockstep ${command}` : 'lockstep';
          assert.equal(advice, `See ${about} --help.`);
          return true;
        },
      );
    });
  }

  it('help needs nothing else, and explains every flag a command takes', () => {
    assert.equal(parseOptions(['--help']).help, true);
    assert.equal(parseOptions(['--version']).version, true);
    for (const command of commandNames) {
      assert.equal(parseOptions([command, '-h']).help, true);
      const text = help(command);
      assert.match(text, new RegExp(`^lockstep ${command}`));
      assert.doesNotMatch(text, /%|undefined/);
      for (const [, flag] of text.matchAll(/^ {2}--([\w-]+)/gm)) {
        const words: Record<string, string> = { engine: 'auto', transaction: 'all' };
        const takesValue =
          /^(database|migrations|to|steps|wait|engine|transaction|backups|backup-max)$/.test(flag);
        const args = [command, `--${flag}`, ...(takesValue ? [words[flag] ?? '1'] : [])];
        if (command === 'new' || (command === 'restore' && flag !== 'latest')) {
          args.push('name');
        }
        if (command === 'resolve' && flag !== 'retry' && flag !== 'mark-applied') {
          args.push('--retry');
        }
        if (flag === 'force') {
          args.push('--break');
        }
        assert.doesNotThrow(() => parseOptions(args), args.join(' '));
      }
    }
    assert.match(help(undefined), /lockstep migrate/);
  });
});
