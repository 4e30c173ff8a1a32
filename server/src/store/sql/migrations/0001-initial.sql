-- Times are milliseconds since 1970 by the server's clock unless a name says otherwise.
-- Texts and documents come cleaned of what PostgreSQL cannot hold.

CREATE TABLE meta (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  epoch bigint NOT NULL
);
INSERT INTO meta (epoch) VALUES (1);

CREATE TABLE projects (
  id text COLLATE "C" PRIMARY KEY,
  version bigint NOT NULL DEFAULT 0
);
INSERT INTO projects (id) VALUES ('default');

CREATE TABLE sealed (
  name text COLLATE "C" PRIMARY KEY,
  sealed bytea NOT NULL
);

CREATE TABLE enrolment_tokens (
  id text COLLATE "C" PRIMARY KEY,
  project text COLLATE "C" NOT NULL REFERENCES projects,
  secret_sha256 text COLLATE "C" NOT NULL,
  labels jsonb NOT NULL,
  fleet text COLLATE "C",
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL,
  uses bigint NOT NULL,
  uses_left bigint NOT NULL CHECK (uses_left >= 0),
  revoked boolean NOT NULL
);

CREATE TABLE access_tokens (
  id text COLLATE "C" PRIMARY KEY,
  project text COLLATE "C" NOT NULL REFERENCES projects,
  name text COLLATE "C" NOT NULL,
  role text COLLATE "C" NOT NULL,
  secret_sha256 text COLLATE "C" NOT NULL,
  created_at_ms bigint NOT NULL,
  expires_at_ms bigint,
  revoked boolean NOT NULL
);

CREATE TABLE trust (
  version bigint PRIMARY KEY,
  envelope jsonb NOT NULL
);

CREATE TABLE audit (
  id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  at_ms bigint NOT NULL,
  project text COLLATE "C" NOT NULL,
  actor text COLLATE "C" NOT NULL,
  action text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  detail jsonb NOT NULL
);
CREATE INDEX audit_by_project ON audit (project, id);

CREATE TABLE devices (
  id text COLLATE "C" PRIMARY KEY,
  project text COLLATE "C" NOT NULL REFERENCES projects,
  name text COLLATE "C" NOT NULL,
  labels jsonb NOT NULL,
  enrolled_at_ms bigint NOT NULL,
  presence text COLLATE "C" NOT NULL,
  presence_at_ms bigint NOT NULL,
  session jsonb,
  inventory jsonb,
  inventory_at_ms bigint,
  reported jsonb,
  reported_at_ms bigint,
  UNIQUE (project, name)
);

-- Certificates outlive their device, so that a revoked one stays known.
CREATE TABLE certificates (
  serial text COLLATE "C" PRIMARY KEY,
  device text COLLATE "C" NOT NULL,
  number bigint NOT NULL,
  issued_at_ms bigint NOT NULL,
  expires_at_ms bigint NOT NULL,
  revoked_at_ms bigint,
  UNIQUE (device, number)
);
CREATE INDEX certificates_revoked ON certificates (expires_at_ms) WHERE revoked_at_ms IS NOT NULL;

CREATE TABLE desired (
  device text COLLATE "C" PRIMARY KEY REFERENCES devices ON DELETE CASCADE,
  epoch bigint NOT NULL,
  counter bigint NOT NULL,
  instances jsonb NOT NULL,
  issued_at_ms bigint NOT NULL,
  trust_version bigint NOT NULL
);

CREATE TABLE artifacts (
  digest text COLLATE "C" PRIMARY KEY,
  bytes bytea NOT NULL
);
-- WebAssembly is compressed by its reader where it matters; trying here costs time for little.
ALTER TABLE artifacts ALTER COLUMN bytes SET STORAGE EXTERNAL;

CREATE TABLE components (
  project text COLLATE "C" NOT NULL REFERENCES projects,
  name text COLLATE "C" NOT NULL,
  version text COLLATE "C" NOT NULL,
  digest text COLLATE "C" NOT NULL,
  size_bytes bigint NOT NULL,
  signature text COLLATE "C" NOT NULL,
  imports jsonb NOT NULL,
  exports jsonb NOT NULL,
  needs jsonb NOT NULL,
  publisher text COLLATE "C" NOT NULL,
  wit text COLLATE "C" NOT NULL,
  pushed_at_ms bigint NOT NULL,
  PRIMARY KEY (project, name, version)
);

CREATE TABLE deployments (
  id text COLLATE "C" PRIMARY KEY,
  project text COLLATE "C" NOT NULL REFERENCES projects,
  name text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  spec jsonb NOT NULL,
  components jsonb NOT NULL,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  UNIQUE (project, name)
);

-- Revisions outlive their deployment: records and the audit log name them.
CREATE TABLE revisions (
  deployment text COLLATE "C" NOT NULL,
  revision bigint NOT NULL,
  spec jsonb NOT NULL,
  components jsonb NOT NULL,
  created_at_ms bigint NOT NULL,
  actor text COLLATE "C" NOT NULL,
  PRIMARY KEY (deployment, revision)
);

CREATE TABLE fleets (
  project text COLLATE "C" NOT NULL REFERENCES projects,
  name text COLLATE "C" NOT NULL,
  manifest jsonb NOT NULL,
  PRIMARY KEY (project, name)
);

CREATE TABLE placements (
  instance text COLLATE "C" NOT NULL,
  project text COLLATE "C" NOT NULL REFERENCES projects,
  deployment text COLLATE "C" NOT NULL,
  device text COLLATE "C" NOT NULL,
  placement json NOT NULL,
  PRIMARY KEY (project, instance)
);
CREATE INDEX placements_by_device ON placements (device);

-- Whose every instance ever placed was: records may arrive long after it was removed.
CREATE TABLE instances (
  instance text COLLATE "C" PRIMARY KEY,
  deployment text COLLATE "C" NOT NULL,
  device text COLLATE "C" NOT NULL
);

CREATE TABLE decisions (
  deployment text COLLATE "C" NOT NULL,
  device text COLLATE "C" NOT NULL,
  decision jsonb NOT NULL,
  PRIMARY KEY (deployment, device)
);
CREATE INDEX decisions_by_device ON decisions (device);

CREATE TABLE pending_changes (
  id text COLLATE "C" PRIMARY KEY,
  project text COLLATE "C" NOT NULL REFERENCES projects,
  change jsonb NOT NULL,
  plan jsonb NOT NULL,
  actor text COLLATE "C" NOT NULL,
  created_at_ms bigint NOT NULL
);

-- Position of each stream: up to here all is committed or recorded as lost.
CREATE TABLE positions (
  device text COLLATE "C" NOT NULL,
  stream text COLLATE "C" NOT NULL,
  committed bigint NOT NULL,
  PRIMARY KEY (device, stream)
);

-- The cursor of a record is (txid, row): the transaction that wrote it, and its place in that transaction.
-- That a record is there once is the business of positions, so no index has to watch over it.
CREATE TABLE records (
  txid bigint NOT NULL,
  row integer NOT NULL,
  project text COLLATE "C" NOT NULL,
  device text COLLATE "C" NOT NULL,
  stream text COLLATE "C" NOT NULL,
  received_at_ms bigint NOT NULL,
  observed_at_ms bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  deployment text COLLATE "C",
  instance text COLLATE "C",
  name text COLLATE "C",
  record json NOT NULL
) PARTITION BY RANGE (received_at_ms);
CREATE INDEX records_by_project ON records (project, txid, row);
CREATE INDEX records_by_device ON records (device, txid, row);
CREATE INDEX records_by_deployment ON records (deployment, txid, row) WHERE deployment IS NOT NULL;

-- The net below the partitions that are made ahead.
CREATE TABLE records_default PARTITION OF records DEFAULT;

CREATE TABLE last_values (
  device text COLLATE "C" NOT NULL,
  instance text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  project text COLLATE "C" NOT NULL,
  deployment text COLLATE "C",
  imager text COLLATE "C",
  unit text COLLATE "C" NOT NULL,
  value double precision NOT NULL,
  observed_at_ms bigint NOT NULL,
  received_at_ms bigint NOT NULL,
  PRIMARY KEY (device, instance, name)
) WITH (fillfactor = 70);
CREATE INDEX last_values_by_project ON last_values (project);
