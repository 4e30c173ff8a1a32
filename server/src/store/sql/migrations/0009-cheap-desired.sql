-- A desired state is only read back whole, and written far cheaper as text.
ALTER TABLE desired ALTER COLUMN instances TYPE json;
