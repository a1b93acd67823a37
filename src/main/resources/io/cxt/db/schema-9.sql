-- What persons have ordered. A letter has the number of the last job that it was in.
CREATE TABLE job (
  id              BIGINT  NOT NULL PRIMARY KEY,
  kind            TEXT    NOT NULL,             -- redrive
  state           TEXT    NOT NULL,             -- WAITING RUNNING PAUSED CANCELLING CANCELLED DONE DONE_WITH_FAILURES
  filter          TEXT    NOT NULL,             -- which letters, in words
  share           INTEGER NOT NULL,             -- of the lane, percent
  stop_after      INTEGER NOT NULL,             -- failures in a row; 0 for never
  total           BIGINT  NOT NULL,             -- letters
  sent            BIGINT  NOT NULL DEFAULT 0,
  duplicate       BIGINT  NOT NULL DEFAULT 0,
  rejected        BIGINT  NOT NULL DEFAULT 0,
  failed          BIGINT  NOT NULL DEFAULT 0,
  conflict        BIGINT  NOT NULL DEFAULT 0,
  in_doubt        BIGINT  NOT NULL DEFAULT 0,
  queued          BIGINT  NOT NULL DEFAULT 0,
  excluded        BIGINT  NOT NULL DEFAULT 0,
  left_alone      BIGINT  NOT NULL DEFAULT 0,
  cancelled       BIGINT  NOT NULL DEFAULT 0,
  in_a_row        INTEGER NOT NULL DEFAULT 0,   -- failures, up to now
  why             TEXT,                         -- it is paused
  paused_by       TEXT,                         -- the instance whose lane is closed; empty for a person, or failures
  actor           TEXT    NOT NULL,
  note            TEXT,
  created_at      BIGINT  NOT NULL,
  started_at      BIGINT,
  ended_at        BIGINT
);
CREATE INDEX job_open ON job (id) WHERE ended_at IS NULL;

ALTER TABLE letter ADD COLUMN job       BIGINT;
ALTER TABLE letter ADD COLUMN job_state TEXT;   -- WAITING TAKEN, then what became of it
ALTER TABLE letter ADD COLUMN former    TEXT;   -- of its file before, until that is removed
CREATE INDEX letter_job ON letter (job, job_state, id) WHERE job IS NOT NULL;
CREATE INDEX letter_former ON letter (instance, id) WHERE former IS NOT NULL;

-- Where the audit tells of a job: from the first event of it in a chain to the last.
CREATE TABLE job_receipt (
  job             BIGINT  NOT NULL,
  chain           TEXT    NOT NULL,
  from_seq        BIGINT  NOT NULL,
  to_seq          BIGINT  NOT NULL,
  hash            TEXT    NOT NULL,             -- of the last
  PRIMARY KEY (job, chain)
);
