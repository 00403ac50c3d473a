DROP TRIGGER notes_keep_revision;
DROP TABLE revisions;
