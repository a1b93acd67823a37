-- Keyed hash of the customer's id, HMAC-SHA256 in 32 hex digits; empty where none is known. Never the id.
ALTER TABLE delivery ADD COLUMN customer TEXT;
CREATE INDEX delivery_customer ON delivery (customer, interaction_id) WHERE customer IS NOT NULL;
ALTER TABLE letter ADD COLUMN customer TEXT;
CREATE INDEX letter_customer ON letter (customer) WHERE customer IS NOT NULL;
CREATE INDEX letter_interaction ON letter (interaction_id) WHERE interaction_id IS NOT NULL;
CREATE INDEX letter_position ON letter (source, source_index) WHERE interaction_id IS NULL;
-- Which key these are made with: the beginning of its SHA-256.
ALTER TABLE ledger_id ADD COLUMN customer_key TEXT;
