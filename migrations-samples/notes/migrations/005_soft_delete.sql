ALTER TABLE notes ADD COLUMN deleted_at TEXT;
CREATE VIEW live_notes AS SELECT * FROM notes WHERE deleted_at IS NULL;
