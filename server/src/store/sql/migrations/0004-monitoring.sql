-- Records are kept apart by how long they are wanted, and within that by arrival: measurements and detections by day,
-- log lines by week, all else by month. So each age of each is dropped as whole tables.

ALTER TABLE records RENAME TO records_before;
ALTER TABLE records_default RENAME TO records_before_default;
DROP INDEX records_by_project;
DROP INDEX records_by_device;
DROP INDEX records_by_deployment;

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
  shadow boolean NOT NULL,
  level smallint,
  unit text COLLATE "C",
  value double precision,
  record json NOT NULL
) PARTITION BY LIST (kind);
CREATE INDEX records_by_project ON records (project, txid, row);
CREATE INDEX records_by_device ON records (device, txid, row);
CREATE INDEX records_by_deployment ON records (deployment, txid, row) WHERE deployment IS NOT NULL;

CREATE TABLE measurements PARTITION OF records FOR VALUES IN ('measurement', 'detections')
  PARTITION BY RANGE (received_at_ms);
CREATE TABLE logs PARTITION OF records FOR VALUES IN ('log') PARTITION BY RANGE (received_at_ms);
CREATE TABLE events PARTITION OF records DEFAULT PARTITION BY RANGE (received_at_ms);
CREATE INDEX measurements_by_time ON measurements (device, observed_at_ms);

-- The nets below the partitions that are made ahead.
CREATE TABLE measurements_default PARTITION OF measurements DEFAULT;
CREATE TABLE logs_default PARTITION OF logs DEFAULT;
CREATE TABLE events_default PARTITION OF events DEFAULT;

INSERT INTO records
SELECT txid, row, project, device, stream, received_at_ms, observed_at_ms, kind, deployment, instance, name,
  coalesce(record ->> 'role' = 'shadow', false),
  array_position(ARRAY['trace', 'debug', 'info', 'warn', 'error', 'critical'], record ->> 'level')::smallint - 1,
  CASE WHEN kind = 'measurement' THEN record ->> 'unit' END,
  CASE WHEN kind = 'measurement' THEN (record ->> 'value')::double precision END,
  record
FROM records_before;
DROP TABLE records_before;

-- Sums of measurements by minute and hour of observation. A row is the sum of all records up to the cursor of its project.
CREATE TABLE minutes (
  device text COLLATE "C" NOT NULL,
  instance text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  shadow boolean NOT NULL,
  bucket_ms bigint NOT NULL,
  project text COLLATE "C" NOT NULL,
  deployment text COLLATE "C",
  unit text COLLATE "C" NOT NULL,
  count bigint NOT NULL,
  sum double precision NOT NULL,
  min double precision NOT NULL,
  max double precision NOT NULL,
  last double precision NOT NULL,
  last_at_ms bigint NOT NULL,
  PRIMARY KEY (device, instance, name, shadow, bucket_ms)
) PARTITION BY RANGE (bucket_ms);
CREATE INDEX minutes_by_time ON minutes (project, bucket_ms, name);
CREATE TABLE minutes_default PARTITION OF minutes DEFAULT;

CREATE TABLE hours (
  device text COLLATE "C" NOT NULL,
  instance text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  shadow boolean NOT NULL,
  bucket_ms bigint NOT NULL,
  project text COLLATE "C" NOT NULL,
  deployment text COLLATE "C",
  unit text COLLATE "C" NOT NULL,
  count bigint NOT NULL,
  sum double precision NOT NULL,
  min double precision NOT NULL,
  max double precision NOT NULL,
  last double precision NOT NULL,
  last_at_ms bigint NOT NULL,
  PRIMARY KEY (device, instance, name, shadow, bucket_ms)
) PARTITION BY RANGE (bucket_ms);
CREATE INDEX hours_by_time ON hours (project, bucket_ms, name);
CREATE TABLE hours_default PARTITION OF hours DEFAULT;

-- How far the sums are: the last record in them, and when that was known to be the last.
CREATE TABLE rollups (
  project text COLLATE "C" PRIMARY KEY,
  txid bigint NOT NULL,
  row integer NOT NULL,
  complete_to_ms bigint NOT NULL
);

CREATE TABLE retention (
  project text COLLATE "C" PRIMARY KEY REFERENCES projects,
  policy jsonb NOT NULL
);

-- What happened to devices, beside the audit log and alerts.
CREATE SEQUENCE device_history_ids;
CREATE TABLE device_history (
  id bigint NOT NULL DEFAULT nextval('device_history_ids'),
  project text COLLATE "C" NOT NULL,
  device text COLLATE "C" NOT NULL,
  at_ms bigint NOT NULL,
  kind text COLLATE "C" NOT NULL,
  instance text COLLATE "C",
  detail jsonb NOT NULL
) PARTITION BY RANGE (at_ms);
CREATE INDEX device_history_by_device ON device_history (device, at_ms, id);
CREATE TABLE device_history_default PARTITION OF device_history DEFAULT;

-- The last presence that was heard, which a start of the server does not forget, and since when.
ALTER TABLE devices ADD COLUMN known_presence text COLLATE "C";
ALTER TABLE devices ADD COLUMN known_at_ms bigint;
ALTER TABLE devices ADD COLUMN heard_at_ms bigint;
UPDATE devices SET known_presence = presence, known_at_ms = presence_at_ms WHERE presence <> 'unknown';
UPDATE devices SET heard_at_ms = greatest(inventory_at_ms, reported_at_ms);
-- What lists filter by, so that they read no document.
ALTER TABLE devices ADD COLUMN agent_version text COLLATE "C" GENERATED ALWAYS AS (inventory -> 'agent' ->> 'version') STORED;
ALTER TABLE devices ADD COLUMN model text COLLATE "C" GENERATED ALWAYS AS (inventory -> 'platform' ->> 'model') STORED;
ALTER TABLE devices ADD COLUMN simulated boolean GENERATED ALWAYS AS ((inventory -> 'platform' -> 'simulated') = 'true'::jsonb) STORED;
ALTER TABLE devices ADD COLUMN interfaces jsonb GENERATED ALWAYS AS (jsonb_path_query_array(inventory, '$.interfaces[*].name')) STORED;
ALTER TABLE devices ADD COLUMN failing jsonb GENERATED ALWAYS AS (jsonb_path_query_array(reported, '$.instances[*] ? (@.state == "backoff" || @.state == "crashLoop" || @.state == "refused")')) STORED;
ALTER TABLE devices ADD COLUMN reported_generation jsonb GENERATED ALWAYS AS (reported -> 'generation') STORED;
ALTER TABLE devices ADD COLUMN reported_trust_version bigint GENERATED ALWAYS AS ((reported ->> 'trustVersion')::bigint) STORED;
CREATE INDEX audit_by_subject ON audit (project, subject, id);
CREATE INDEX audit_by_device ON audit ((detail ->> 'device'), id);

CREATE TABLE alert_rules (
  project text COLLATE "C" NOT NULL REFERENCES projects,
  name text COLLATE "C" NOT NULL,
  spec jsonb NOT NULL,
  created_at_ms bigint NOT NULL,
  updated_at_ms bigint NOT NULL,
  muted_until_ms bigint,
  muted_by text COLLATE "C",
  PRIMARY KEY (project, name)
);

-- One row for each time that a condition held; at most one of a rule and subject is not resolved.
CREATE TABLE alerts (
  id text COLLATE "C" PRIMARY KEY,
  project text COLLATE "C" NOT NULL,
  rule text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  severity text COLLATE "C" NOT NULL,
  device text COLLATE "C" NOT NULL,
  since_ms bigint NOT NULL,
  version bigint NOT NULL,
  alert jsonb NOT NULL
);
CREATE UNIQUE INDEX alerts_open ON alerts (project, rule, subject) WHERE state <> 'resolved';
CREATE INDEX alerts_by_time ON alerts (project, since_ms, id);
CREATE INDEX alerts_by_device ON alerts (device, since_ms, id);

CREATE TABLE receivers (
  project text COLLATE "C" NOT NULL REFERENCES projects,
  name text COLLATE "C" NOT NULL,
  url text NOT NULL,
  sealed bytea NOT NULL,
  created_at_ms bigint NOT NULL,
  PRIMARY KEY (project, name)
);

-- The outbox of alerts: written with the transition that it tells of. Its id is a function of both and the receiver.
CREATE TABLE deliveries (
  id text COLLATE "C" PRIMARY KEY,
  project text COLLATE "C" NOT NULL,
  receiver text COLLATE "C" NOT NULL,
  rule text COLLATE "C" NOT NULL,
  alert text COLLATE "C",
  group_key text COLLATE "C" NOT NULL,
  state text COLLATE "C" NOT NULL,
  created_at_ms bigint NOT NULL,
  due_at_ms bigint NOT NULL,
  batch text COLLATE "C",
  attempts integer NOT NULL,
  delivered_at_ms bigint,
  last_error text,
  content jsonb NOT NULL
);
CREATE INDEX deliveries_due ON deliveries (due_at_ms) WHERE state = 'pending';
CREATE INDEX deliveries_by_time ON deliveries (project, created_at_ms, id);
