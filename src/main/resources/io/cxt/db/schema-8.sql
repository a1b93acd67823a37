-- Dead letters: where the file of each lies, and what is known of it. No chat text.
CREATE TABLE letter (
  id              TEXT    NOT NULL PRIMARY KEY, -- stays when it is replayed; later ones are greater
  instance        TEXT    NOT NULL,             -- whose data.dir has its file
  name            TEXT    NOT NULL,             -- there: TS-ORDER/ext-1
  state           TEXT    NOT NULL,             -- OPEN REPLAYED SETTLED GONE
  outcome         TEXT    NOT NULL,             -- as beside its file: rejected, failed, conflict, in-doubt
  reason          TEXT    NOT NULL,
  detail          TEXT    NOT NULL,             -- the first rule that it breaks and where, or the reason
  interaction_id  TEXT,
  source          TEXT    NOT NULL,             -- where it came from first
  source_index    BIGINT  NOT NULL,
  source_line     BIGINT  NOT NULL,
  http_status     INTEGER,
  attempts        INTEGER,
  decided_at      BIGINT  NOT NULL,
  replays         INTEGER NOT NULL              -- how often it was replayed
);
CREATE UNIQUE INDEX letter_file ON letter (instance, name) WHERE state = 'OPEN';
CREATE INDEX letter_open ON letter (id) WHERE state = 'OPEN';
CREATE INDEX letter_reason ON letter (reason, id) WHERE state = 'OPEN';

-- Which letter a replayed file is.
ALTER TABLE replay ADD COLUMN letter TEXT;

-- What became of transcripts, by minute.
CREATE TABLE tally (
  minute          BIGINT  NOT NULL,             -- since 1970
  instance        TEXT    NOT NULL,
  outcome         TEXT    NOT NULL,             -- a word of the audit: SENT, REJECTED, …
  n               BIGINT  NOT NULL,
  PRIMARY KEY (minute, instance, outcome)
);

-- The instances, each with its last sign of life.
CREATE TABLE instance (
  name            TEXT    NOT NULL PRIMARY KEY, -- that of its chain
  host            TEXT    NOT NULL,
  version         TEXT    NOT NULL,
  started_at      BIGINT  NOT NULL,
  seen_at         BIGINT  NOT NULL,
  lane            TEXT    NOT NULL,             -- open, or why no call leaves
  in_flight       INTEGER NOT NULL              -- calls
);

-- What a person holds, or sets, for all instances.
CREATE TABLE control (
  what            TEXT    NOT NULL PRIMARY KEY, -- lane, pace, source file, source sftp, …
  rate            DOUBLE PRECISION,             -- calls a second; only of pace
  since           BIGINT  NOT NULL,
  until           BIGINT,                       -- empty: until a person ends it
  actor           TEXT    NOT NULL,
  note            TEXT    NOT NULL
);
