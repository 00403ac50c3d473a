-- A tag is found whatever the case it is typed in, and shown as its author wrote it.
CREATE TABLE tags (
  id INTEGER PRIMARY KEY,
  -- Lower case, without blanks around it; the app normalises what the person typed.
  name TEXT NOT NULL UNIQUE CHECK (name <> '' AND name = lower(trim(name))),
  display_name TEXT NOT NULL
);

CREATE TABLE note_tags (
  note_id INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
  tag_id INTEGER NOT NULL REFERENCES tags (id) ON DELETE CASCADE,
  PRIMARY KEY (note_id, tag_id)
) WITHOUT ROWID;

-- From a tag to its notes; the other way is the primary key.
CREATE INDEX note_tags_by_tag ON note_tags (tag_id, note_id);
-- For lists in the order people read them.
CREATE INDEX tags_by_display_name ON tags (display_name COLLATE NOCASE);

INSERT INTO tags (name, display_name) VALUES ('sqlite', 'SQLite'), ('getting started', 'Getting Started');
INSERT INTO note_tags (note_id, tag_id) SELECT 1, id FROM tags;
