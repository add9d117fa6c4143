-- The temporary tables that a rekey copies each page into.
CREATE OR REPLACE FUNCTION jirasync.rekey_prepare()
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE rekey_commits (
        sha text NOT NULL, message_sha256 text NOT NULL, keys text[] NOT NULL, handed_keys text[],
        refused text[] NOT NULL) ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE rekey_pull_requests (
        number bigint NOT NULL, delivery_id text NOT NULL, keys text[] NOT NULL, refused text[] NOT NULL)
        ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE rekey_branches (ref text NOT NULL, keys text[] NOT NULL, refused text[] NOT NULL)
        ON COMMIT DELETE ROWS;
    -- What differs: keys, refused candidates (word is REASON:TEXT), what merges hand down.
    CREATE TEMP TABLE rekey_keys (sha text NOT NULL, key text NOT NULL, is_new boolean NOT NULL) ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE rekey_refused (sha text NOT NULL, word text NOT NULL, is_new boolean NOT NULL)
        ON COMMIT DELETE ROWS;
    CREATE TEMP TABLE rekey_handed (sha text NOT NULL, handed_keys text[]) ON COMMIT DELETE ROWS;
END
$$;
COMMENT ON FUNCTION jirasync.rekey_prepare IS 'Make the temporary tables of a rekey; they are empty again after each of its transactions';
