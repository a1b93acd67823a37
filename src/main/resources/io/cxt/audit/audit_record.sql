-- The audit feed: a copy for reports. Make it yours; the record of truth is audit_event.
CREATE TABLE IF NOT EXISTS audit_record (
  delivery_key     VARCHAR(700) NOT NULL PRIMARY KEY,
  status           VARCHAR(32)  NOT NULL,
  conversation_id  VARCHAR(255),
  interaction_id   VARCHAR(512) NOT NULL,
  part             INTEGER      NOT NULL,
  parts            INTEGER      NOT NULL,
  archive_success  INTEGER      NOT NULL,
  error            VARCHAR(2000),
  timestamp        VARCHAR(32)  NOT NULL
)
