-- Of a file that stays on its server: its place, name, size and time there, once all of it is decided.
ALTER TABLE intake ADD COLUMN kept TEXT;
CREATE INDEX intake_kept ON intake (kept) WHERE kept IS NOT NULL;
