-- Where in the archive a part is: a file, or a place in a segment.
ALTER TABLE delivery ADD COLUMN archived_in TEXT;

-- Nothing asks for the deliveries of a reading.
DROP INDEX delivery_intake;
