-- The temporary tables that an import copies into; they go with its transaction.
CREATE OR REPLACE FUNCTION jirasync.import_prepare()
RETURNS void LANGUAGE plpgsql AS $$
BEGIN
    CREATE TEMP TABLE import_refs (
        ref text NOT NULL, kind text NOT NULL, sha text NOT NULL, parent_ref text, fork_position integer,
        counted boolean NOT NULL, is_default boolean NOT NULL, branch_keys text[] NOT NULL,
        refused text[] NOT NULL) ON COMMIT DROP;
    CREATE TEMP TABLE import_places (
        sha text NOT NULL, ref text NOT NULL, position integer NOT NULL, landed bigint, on_line boolean NOT NULL,
        bears_name boolean NOT NULL DEFAULT true) ON COMMIT DROP;
    CREATE TEMP TABLE import_commits (
        sha text NOT NULL, parents text[] NOT NULL, message text NOT NULL, author text NOT NULL,
        author_email text NOT NULL, authored bigint, committed bigint, picked_from text, reverts text[],
        keys text[], handed_keys text[], refused text[], is_merge_named boolean NOT NULL) ON COMMIT DROP;
    CREATE TEMP TABLE import_changed (sha text NOT NULL) ON COMMIT DROP;
    CREATE TEMP TABLE import_landing (sha text NOT NULL, landed_at timestamptz, ref text, is_held boolean NOT NULL)
        ON COMMIT DROP;
END
$$;
COMMENT ON FUNCTION jirasync.import_prepare IS 'Make the temporary tables that import-commits copies a repository into: refs, places of commits, commits';
