-- What keeps deployments off a device that do not tolerate it.
ALTER TABLE devices ADD COLUMN taints jsonb;

-- Devices that a person holds at a revision of a deployment.
CREATE TABLE pins (
  deployment text COLLATE "C" NOT NULL,
  device text COLLATE "C" NOT NULL REFERENCES devices ON DELETE CASCADE,
  revision bigint NOT NULL,
  PRIMARY KEY (deployment, device)
);

-- Since when a decision holds, and what was decided before.
ALTER TABLE decisions ADD COLUMN since_ms bigint NOT NULL DEFAULT 0;
CREATE TABLE past_decisions (
  deployment text COLLATE "C" NOT NULL,
  device text COLLATE "C" NOT NULL,
  since_ms bigint NOT NULL,
  until_ms bigint NOT NULL,
  decision jsonb NOT NULL
);
CREATE INDEX past_decisions_by_device ON past_decisions (deployment, device, until_ms);
