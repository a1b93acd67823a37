-- The pace of calls, for several instances on one PostgreSQL. Times are nanoseconds on the database's clock.
CREATE TABLE pace (
  target          TEXT    NOT NULL PRIMARY KEY,
  next_at         BIGINT  NOT NULL,         -- the first turn that nobody has yet
  paused_until    BIGINT  NOT NULL,         -- no turn comes before: CXone said that there were too many
  soft_spacing    BIGINT  NOT NULL,         -- after a pause turns are at least so far apart
  pauses          INTEGER NOT NULL,         -- since a call last passed
  rate_set        DOUBLE PRECISION NOT NULL, -- what the operator allows
  per_second      DOUBLE PRECISION NOT NULL, -- let through now
  ceiling         DOUBLE PRECISION NOT NULL, -- at which CXone last refused
  grown_at        BIGINT  NOT NULL,
  cut_at          BIGINT  NOT NULL,
  calls           BIGINT  NOT NULL           -- since then
);

-- Whether another instance was done with a source first.
CREATE INDEX intake_source ON intake (door, source);
