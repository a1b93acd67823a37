-- What became of the calls that were on their way when CXone last refused one: it tells the tenant's limit.
ALTER TABLE pace ADD COLUMN sample_rate  DOUBLE PRECISION NOT NULL DEFAULT 0; -- at which they left
ALTER TABLE pace ADD COLUMN sample_least DOUBLE PRECISION NOT NULL DEFAULT 0; -- that CXone allows
ALTER TABLE pace ADD COLUMN sample_from  BIGINT  NOT NULL DEFAULT 1;          -- when they left
ALTER TABLE pace ADD COLUMN sample_to    BIGINT  NOT NULL DEFAULT 0;
ALTER TABLE pace ADD COLUMN passed       INTEGER NOT NULL DEFAULT 0;
ALTER TABLE pace ADD COLUMN refused      INTEGER NOT NULL DEFAULT 0;
