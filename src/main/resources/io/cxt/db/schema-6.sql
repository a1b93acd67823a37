-- Tells this ledger from any other: what it reads from bears it. Made at the first start.
CREATE TABLE ledger_id (
  one             INTEGER NOT NULL PRIMARY KEY, -- 1: there is one row
  id              TEXT    NOT NULL
);

-- Who delivered a source, as far as its door knows.
ALTER TABLE intake ADD COLUMN detail TEXT;

-- A dead letter that is in the inbox again: its ids get this before them, whatever the inbox's get.
CREATE TABLE replay (
  source          TEXT    NOT NULL PRIMARY KEY, -- its name there
  hash            TEXT    NOT NULL,
  id_prefix       TEXT    NOT NULL
);

-- Files that lay in a folder when its ledger was found dead, or this one to be older than what was signed.
CREATE TABLE doubt (
  door            TEXT    NOT NULL,
  source          TEXT    NOT NULL, -- its name there
  PRIMARY KEY (door, source)
);
