-- One text for SQLite and PostgreSQL. Times are milliseconds since 1970 UTC; flags are 0 or 1.

-- A reading of a source: a file that was picked up, and whether it was read to the end.
CREATE TABLE intake (
  id            TEXT    NOT NULL PRIMARY KEY,
  door          TEXT    NOT NULL,           -- file, sftp, jms
  source        TEXT    NOT NULL,           -- its name there, made safe for logs
  bytes         BIGINT  NOT NULL,
  opened_at     BIGINT  NOT NULL,
  closed_at     BIGINT,                     -- empty: the source never came back
  entries       BIGINT
);
CREATE INDEX intake_open ON intake (door, source) WHERE closed_at IS NULL;

-- What became of each unit that is posted. Part 0 is a transcript that was refused as a whole.
CREATE TABLE delivery (
  target          TEXT    NOT NULL,
  interaction_id  TEXT    NOT NULL,         -- or the source position, where a transcript has no id
  part            INTEGER NOT NULL,
  parts           INTEGER NOT NULL,
  state           TEXT    NOT NULL,         -- SENDING SENT REJECTED FAILED CONFLICT IN_DOUBT
  content_hash    TEXT,
  calling         INTEGER NOT NULL,         -- 1: a call may be on its way
  doubted         INTEGER NOT NULL,         -- 1: a call may have arrived without an answer
  attempts        INTEGER NOT NULL,
  http_status     INTEGER,
  reason          TEXT,
  conversation_id TEXT,
  intake_id       TEXT,
  source          TEXT    NOT NULL,
  source_index    BIGINT  NOT NULL,
  source_line     BIGINT  NOT NULL,
  messages        INTEGER NOT NULL,
  bytes           BIGINT  NOT NULL,
  owner           TEXT,
  lease_until     BIGINT,
  received_at     BIGINT  NOT NULL,
  finished_at     BIGINT,
  latency_ms      BIGINT,
  archived_at     BIGINT,
  fed_at          BIGINT,                   -- when the audit feed had it
  PRIMARY KEY (target, interaction_id, part)
);
CREATE INDEX delivery_state ON delivery (state);
CREATE INDEX delivery_intake ON delivery (intake_id);

-- Append-only, written in the transaction of the change it tells of. No chat text, no names.
CREATE TABLE audit_event (
  chain           TEXT    NOT NULL,
  seq             BIGINT  NOT NULL,
  at              TEXT    NOT NULL,         -- UTC, microseconds
  event           TEXT    NOT NULL,
  interaction_id  TEXT,
  part            INTEGER,
  source          TEXT,
  actor           TEXT    NOT NULL,
  http_status     INTEGER,
  attempt         INTEGER,
  latency_ms      BIGINT,
  payload_hash    TEXT,
  reason          TEXT,
  conversation_id TEXT,
  detail          TEXT,
  config          TEXT    NOT NULL,         -- fingerprint of routes and configuration
  hash            TEXT    NOT NULL,         -- SHA-256 over the hash before it and this row
  PRIMARY KEY (chain, seq)
);
CREATE INDEX audit_event_interaction ON audit_event (interaction_id);
