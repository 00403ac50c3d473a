ALTER TABLE notes ADD COLUMN slug TEXT;
UPDATE notes SET slug = 'note-' || id;
CREATE UNIQUE INDEX notes_by_slug ON notes (slug);
