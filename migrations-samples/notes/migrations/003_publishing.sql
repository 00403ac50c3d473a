ALTER TABLE notes ADD COLUMN published INTEGER NOT NULL DEFAULT 0;
ALTER TABLE notes ADD COLUMN published_at TEXT;
CREATE INDEX notes_by_publishing ON notes (published, published_at DESC);
