CREATE TABLE attachments (
  id INTEGER PRIMARY KEY,
  note_id INTEGER NOT NULL REFERENCES notes (id) ON DELETE CASCADE,
  file_name TEXT NOT NULL,
  media_type TEXT NOT NULL,
  UNIQUE (note_id, file_name)
);

INSERT INTO attachments (note_id, file_name, media_type) VALUES (1, 'hello.png', 'image/png');
