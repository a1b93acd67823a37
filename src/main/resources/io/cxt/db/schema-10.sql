-- Files that a job brings in: those that were there when it was ordered.
CREATE TABLE job_source (
  job             BIGINT  NOT NULL,
  seq             BIGINT  NOT NULL,             -- they are read in this order
  instance        TEXT    NOT NULL,             -- which reads it
  path            TEXT    NOT NULL,
  source          TEXT    NOT NULL,             -- its name as a source
  bytes           BIGINT  NOT NULL,             -- when it was ordered
  modified        BIGINT  NOT NULL,             -- then, nanoseconds since 1970
  state           TEXT    NOT NULL,             -- WAITING TAKEN, then done, left-alone or cancelled
  why             TEXT,                         -- it is left alone
  bytes_read      BIGINT  NOT NULL DEFAULT 0,
  transcripts     BIGINT  NOT NULL DEFAULT 0,   -- that were read, and what became of them:
  sent            BIGINT  NOT NULL DEFAULT 0,
  duplicate       BIGINT  NOT NULL DEFAULT 0,
  rejected        BIGINT  NOT NULL DEFAULT 0,
  failed          BIGINT  NOT NULL DEFAULT 0,
  conflict        BIGINT  NOT NULL DEFAULT 0,
  in_doubt        BIGINT  NOT NULL DEFAULT 0,
  queued          BIGINT  NOT NULL DEFAULT 0,
  excluded        BIGINT  NOT NULL DEFAULT 0,
  PRIMARY KEY (job, seq)
);
CREATE INDEX job_source_open ON job_source (instance, job, seq) WHERE state IN ('WAITING', 'TAKEN');
CREATE INDEX job_source_name ON job_source (source);

ALTER TABLE job ADD COLUMN files       BIGINT NOT NULL DEFAULT 0; -- done
ALTER TABLE job ADD COLUMN bytes       BIGINT NOT NULL DEFAULT 0; -- of all files
ALTER TABLE job ADD COLUMN bytes_read  BIGINT NOT NULL DEFAULT 0;
ALTER TABLE job ADD COLUMN transcripts BIGINT NOT NULL DEFAULT 0; -- that were read
ALTER TABLE job ADD COLUMN worked_ms   BIGINT NOT NULL DEFAULT 0; -- how long files were read
