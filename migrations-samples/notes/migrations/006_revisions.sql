CREATE TABLE revisions (
  note_id INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
  replaced_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP,
  content TEXT NOT NULL
);

CREATE INDEX revisions_by_note ON revisions (note_id, replaced_at);

CREATE TRIGGER notes_keep_revision AFTER UPDATE OF content ON notes
WHEN OLD.content IS NOT NEW.content
BEGIN
  INSERT INTO revisions (note_id, content) VALUES (OLD.id, OLD.content);
END;
