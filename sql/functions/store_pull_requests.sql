-- The pull requests that a batch's git deliveries tell of: of each the look of the highest rank.
--
-- The rank is the host's instant of the change; of looks of the same second a merge beats the rest, since nothing follows
-- it; then content decides. No instant of arrival: any order of the same deliveries ends in the same row.

CREATE OR REPLACE FUNCTION jirasync.store_pull_requests(
    p_tenant text[], p_source text[], p_delivery_id text[], p_body_sha256 bytea[], p_known boolean[], p_git jsonb[],
    OUT applied bigint[], OUT tenants text[], OUT sources text[], OUT keys text[])
LANGUAGE plpgsql
AS $$
BEGIN
    WITH look AS MATERIALIZED (
        SELECT m.tenant, m.source, m.git ->> 'repository' AS repository, m.delivery_id, m.sha256, m.place,
               coalesce(m.is_known, false) AS is_known, r.*,
               ROW(coalesce(r.updated_at, '-infinity'), r.state IS NOT DISTINCT FROM 'merged', m.sha256, m.delivery_id)
                   AS rank
          FROM unnest(p_tenant, p_source, p_delivery_id, p_body_sha256, p_known, p_git) WITH ORDINALITY
               AS m (tenant, source, delivery_id, sha256, is_known, git, place)
         CROSS JOIN LATERAL jsonb_to_record(m.git -> 'pull_request') AS r (
               number bigint, title text, source_branch text, target_branch text, state text, head_sha text,
               merge_sha text, commit_count bigint, merged_at timestamptz, updated_at timestamptz, author text,
               keys text[], refused jsonb)
         WHERE jsonb_typeof(m.git -> 'pull_request') = 'object'
    ), ranked AS MATERIALIZED (
        SELECT l.*, s.merge_sha AS stored_merge_sha,
               s.rank IS NULL OR l.rank > s.rank OR l.is_known AND s.delivery_id = l.delivery_id AS beats_stored,
               row_number() OVER (PARTITION BY l.tenant, l.source, l.repository, l.number ORDER BY l.rank) AS height
          FROM look l
          LEFT JOIN LATERAL (
               SELECT p.delivery_id, p.merge_sha,
                      ROW(p.rank_at, p.state IS NOT DISTINCT FROM 'merged', p.rank_sha256, p.delivery_id) AS rank
                 FROM jirasync.pull_requests p
                WHERE p.tenant = l.tenant AND p.source = l.source AND p.repository = l.repository AND p.number = l.number
               OFFSET 0) s ON true
    ), judged AS MATERIALIZED (
        SELECT r.*, r.beats_stored AND r.height > coalesce(max(r.height) OVER earlier, 0) AS is_above,
               r.height = count(*) OVER (PARTITION BY r.tenant, r.source, r.repository, r.number) AS is_highest
          FROM ranked r
        WINDOW earlier AS (PARTITION BY r.tenant, r.source, r.repository, r.number ORDER BY r.place
                           ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
    ), written AS (
        INSERT INTO jirasync.pull_requests AS p
               (tenant, source, repository, number, title, source_branch, target_branch, state, head_sha, merge_sha,
                commit_count, merged_at, updated_at, author, keys, refused, delivery_id, rank_at, rank_sha256)
        SELECT j.tenant, j.source, j.repository, j.number, j.title, j.source_branch, j.target_branch, j.state, j.head_sha,
               j.merge_sha, j.commit_count, j.merged_at, j.updated_at, j.author, coalesce(j.keys, '{}'),
               (SELECT array_agg(r.reason || ':' || r.text ORDER BY r.place)
                  FROM ROWS FROM (jsonb_to_recordset(j.refused) AS (text text, reason text)) WITH ORDINALITY
                       AS r (text, reason, place)),
               j.delivery_id,
               coalesce(j.updated_at, '-infinity'), j.sha256
          FROM judged j
         WHERE j.is_highest AND j.beats_stored
         ORDER BY j.tenant, j.source, j.repository, j.number
        ON CONFLICT (tenant, source, repository, number) DO UPDATE
           SET title = excluded.title, source_branch = excluded.source_branch, target_branch = excluded.target_branch,
               state = excluded.state, head_sha = excluded.head_sha, merge_sha = excluded.merge_sha,
               commit_count = excluded.commit_count, merged_at = excluded.merged_at, updated_at = excluded.updated_at,
               author = excluded.author, keys = excluded.keys, refused = excluded.refused,
               delivery_id = excluded.delivery_id, rank_at = excluded.rank_at, rank_sha256 = excluded.rank_sha256
        RETURNING p.tenant, p.source, p.repository || '!' || p.number AS key
    ), replaced AS (
        SELECT j.tenant, j.source, j.repository, j.merge_sha, lag(j.merge_sha, 1, j.stored_merge_sha) OVER (
                   PARTITION BY j.tenant, j.source, j.repository, j.number ORDER BY j.place) AS former_merge_sha
          FROM judged j
         WHERE j.is_above
    )
    SELECT coalesce((SELECT array_agg(j.place) FROM judged j WHERE j.is_above), '{}'),
           coalesce(array_agg(w.tenant), '{}'), coalesce(array_agg(w.source), '{}'), coalesce(array_agg(w.key), '{}')
      INTO applied, tenants, sources, keys
      FROM (SELECT * FROM written
             UNION ALL
            -- what it was merged as before may be another one's commit
            SELECT r.tenant, r.source, r.repository || '@' || r.former_merge_sha
              FROM replaced r
             WHERE r.former_merge_sha <> coalesce(r.merge_sha, '')) w;
END
$$;
COMMENT ON FUNCTION jirasync.store_pull_requests IS
    'Part of store_git: folds what the members of a batch tell of pull requests to one row each; returns the places of those that were above all before them, and the jobs of correlate_commit, REPOSITORY!NUMBER for each row written, and REPOSITORY@SHA where it named another merged commit before';
