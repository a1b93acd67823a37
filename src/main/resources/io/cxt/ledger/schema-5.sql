-- What cxone.requests-per-second is in the instances that were heard lately, each value with the time.
ALTER TABLE pace ADD COLUMN rates_set TEXT NOT NULL DEFAULT '';
