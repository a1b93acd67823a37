-- Hashes of customers are scattered: in this index each delivery wrote a page of its own. Who asks for a customer reads all rows.
DROP INDEX delivery_customer;
