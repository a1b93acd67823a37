-- What cxone.requests-per-second is in the instances that were heard lately, each value with the time.
ALTER TABLE pace ADD COLUMN rates_set TEXT NOT NULL DEFAULT '';
-- Of a part: the hash of the whole transcript as one request, which is the same however it is cut.
ALTER TABLE delivery ADD COLUMN transcript_hash TEXT;
-- Why a source cannot be decided, while that is so, and since when.
ALTER TABLE intake ADD COLUMN undecided    TEXT;
ALTER TABLE intake ADD COLUMN undecided_at BIGINT;
