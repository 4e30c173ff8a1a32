-- What is counted over the whole fleet, so that no document is read for it.
ALTER TABLE devices ADD COLUMN running jsonb GENERATED ALWAYS AS (jsonb_path_query_array(reported, '$.instances[*] ? (@.state == "running").id')) STORED;
ALTER TABLE devices ADD COLUMN healthy jsonb GENERATED ALWAYS AS (jsonb_path_query_array(reported, '$.instances[*] ? (@.state == "running" && @.healthy == true).id')) STORED;
ALTER TABLE decisions ADD COLUMN outcome text COLLATE "C" GENERATED ALWAYS AS (decision ->> 'outcome') STORED;
