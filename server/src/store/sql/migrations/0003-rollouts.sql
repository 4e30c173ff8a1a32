-- Rollouts: one a revision. Deployments of before have none until they get a revision.
CREATE TABLE rollouts (
  deployment text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  project text COLLATE "C" NOT NULL REFERENCES projects,
  -- Rises with each write: who decided on an older one decides again.
  version bigint NOT NULL,
  started_at_ms bigint NOT NULL,
  -- It moves devices: the loop looks at it.
  active boolean NOT NULL,
  rollout json NOT NULL,
  PRIMARY KEY (deployment, revision)
);
CREATE INDEX rollouts_by_project ON rollouts (project, started_at_ms);

-- Gates look at the last minutes. A block range index costs next to nothing to keep and records arrive in order.
CREATE INDEX records_by_arrival ON records USING brin (received_at_ms);
