import type { LintSentence } from './lintSentence';

/** A PRAGMA that does not do what it seems to. */
export const describePragma: LintSentence = (text, _rows, t) => {
  const args = { pragma: text('pragma'), now: text('now') };
  switch (text('case')) {
    case 'foreignKeysOff':
      return {
        message: t(
          'PRAGMA {pragma} does nothing inside a transaction: foreign keys stay off.',
          args,
        ),
        advice: t(
          'To have them enforced while the migration runs, ask for it with foreign_keys:true. They are checked before the commit anyway.',
        ),
      };
    case 'foreignKeysOn':
      return {
        message: t(
          'PRAGMA {pragma} does nothing inside a transaction: foreign keys stay on.',
          args,
        ),
        advice: t('Remove foreign_keys:true from the file to have them off.'),
      };
    case 'foreignKeysAlready':
      return {
        message: t(
          'PRAGMA {pragma} does nothing inside a transaction; it is not needed either.',
          args,
        ),
        advice: t(
          'Lockstep switches foreign keys off before a migration and checks them before the commit.',
        ),
      };
    case 'leftOut':
      return {
        message: t(
          'PRAGMA {pragma} is left out: it cannot run inside a transaction, and would end with the migration.',
          args,
        ),
        advice: t('Remove it; your app sets it for its own connections.'),
      };
    case 'connection':
      return {
        message: t('PRAGMA {pragma} ends with the migration’s connection.', args),
        advice: t('Set it where your app opens the database.'),
      };
    case 'needsVacuum':
      return {
        message: t('PRAGMA {pragma} does nothing without a VACUUM after it.', args),
        advice: t('Follow it with VACUUM, in a migration of its own.'),
      };
    case 'encoding':
      return {
        message: t('PRAGMA {pragma} does nothing: the encoding of a database cannot change.', args),
        advice: t('Remove it.'),
      };
    case 'unknown':
      return {
        message: t('SQLite does not know PRAGMA {pragma}, and ignores it.', args),
        advice: t('Check its spelling.'),
      };
    default: // outside
      return {
        message: t(
          'With PRAGMA {pragma} in it the whole migration runs outside a transaction; if it breaks off, what was done before stays.',
          args,
        ),
        advice: t('Put the PRAGMA into a migration of its own.'),
      };
  }
};
