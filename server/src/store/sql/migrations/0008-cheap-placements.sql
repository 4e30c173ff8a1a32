-- A commit of placements holds the row of their project, so no check of each placement can find it missing; and nothing
-- asks for the placements of one device but the deletion of that device, which may look at all.
ALTER TABLE placements DROP CONSTRAINT placements_project_fkey;
DROP INDEX placements_by_device;
