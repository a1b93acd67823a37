-- The events of a chain that are not here any more: up to this one, as the signed line says.
CREATE TABLE audit_closing (
  chain           TEXT    NOT NULL PRIMARY KEY,
  seq             BIGINT  NOT NULL,         -- as in the line
  hash            TEXT    NOT NULL,         -- as in the line
  line            TEXT    NOT NULL
);

-- What events said that are not here any more: a hash of each row that rests on them. Number and sum are in the signed line.
CREATE TABLE audit_closed (
  id              TEXT    NOT NULL,         -- of the interaction, or of the reading
  target          TEXT    NOT NULL,         -- empty where there is none
  kind            TEXT    NOT NULL,         -- delivery reading withdrawn
  part            INTEGER NOT NULL,
  hash            TEXT    NOT NULL,
  PRIMARY KEY (id, target, kind, part)
);
