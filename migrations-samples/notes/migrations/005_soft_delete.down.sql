DROP VIEW live_notes;
ALTER TABLE notes DROP COLUMN deleted_at;
