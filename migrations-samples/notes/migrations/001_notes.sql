CREATE TABLE notes (
  id INTEGER PRIMARY KEY,
  content TEXT NOT NULL,
  created_at TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
);

INSERT INTO notes (content) VALUES
  ('Hello. This is the first note.'),
  ('A note with a ; and a ''quote'' in it.');
