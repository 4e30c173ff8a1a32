-- Desired states issued earlier are not told: the rest of a decision is due.
ALTER TABLE projects ADD COLUMN rest_due_ms bigint;
