-- Where in the archive a part is: a file, or a place in a segment.
ALTER TABLE delivery ADD COLUMN archived_in TEXT;
