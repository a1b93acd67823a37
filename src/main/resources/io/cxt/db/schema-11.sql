-- Of part 1: the interaction was erased on a person's order, and is refused when it comes again.
ALTER TABLE delivery ADD COLUMN erased INTEGER NOT NULL DEFAULT 0;
