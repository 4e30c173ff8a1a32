-- On how many devices a person last agreed to run a deployment; what runs now was agreed to.
ALTER TABLE deployments ADD COLUMN agreed_devices bigint;
UPDATE deployments SET agreed_devices = (
  SELECT count(DISTINCT placements.device) FROM placements WHERE placements.deployment = deployments.id
);
