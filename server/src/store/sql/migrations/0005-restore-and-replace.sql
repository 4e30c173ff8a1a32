-- A token that names a device lets new hardware take its place.
ALTER TABLE enrolment_tokens ADD COLUMN device text COLLATE "C";
-- What a restore left out: certificates issued from the first time on, until the second, are not in this database.
ALTER TABLE meta ADD COLUMN backup_at_ms bigint;
ALTER TABLE meta ADD COLUMN restored_at_ms bigint;
-- Fingerprint of the root that a certificate comes from; absent where there was only one yet.
ALTER TABLE certificates ADD COLUMN root text COLLATE "C";
