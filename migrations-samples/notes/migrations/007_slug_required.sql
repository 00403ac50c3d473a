-- A column cannot be made NOT NULL in place everywhere, so the table is built anew. Foreign keys are
-- off meanwhile: the attachments and revisions that point at notes stay.
DROP VIEW live_notes;
DROP TRIGGER notes_keep_revision;

CREATE TABLE new_notes (
  id INTEGER PRIMARY KEY,
  slug TEXT NOT NULL UNIQUE CHECK (slug <> ''),
  content TEXT NOT NULL,
  created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  published INTEGER NOT NULL DEFAULT 0,
  published_at TEXT,
  deleted_at TEXT
);
INSERT INTO new_notes (id, slug, content, created_at, published, published_at, deleted_at)
  SELECT id, slug, content, created_at, published, published_at, deleted_at FROM notes;
DROP TABLE notes;
ALTER TABLE new_notes RENAME TO notes;

CREATE INDEX notes_by_publishing ON notes (published, published_at DESC);
CREATE VIEW live_notes AS SELECT * FROM notes WHERE deleted_at IS NULL;
CREATE TRIGGER notes_keep_revision AFTER UPDATE OF content ON notes
WHEN OLD.content IS NOT NEW.content
BEGIN
  INSERT INTO revisions (note_id, content) VALUES (OLD.id, OLD.content);
END;
