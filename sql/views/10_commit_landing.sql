-- Where a commit stands: landed or not, merge or not, revert or not.
CREATE OR REPLACE VIEW jirasync.commit_landing AS
SELECT c.tenant, c.source, c.repository, c.sha, c.author, c.author_email, c.committed_at, c.message, c.reverts,
       coalesce(cardinality(c.parents) > 1, c.is_merge_named) AS is_merge,
       -- (what a squash takes back among other work follows that word)
       coalesce(c.reverts[1] <> 'Squash', false) AS is_revert,
       c.landed_at IS NOT NULL OR NOT EXISTS (
           SELECT FROM jirasync.refs r
           WHERE r.tenant = c.tenant AND r.source = c.source AND r.repository = c.repository
             AND r.kind = 'branch') AS landed,
       c.landed_at AS branch_landed_at, c.is_unreachable, c.picked_from, c.handed_keys
FROM jirasync.commits c;
COMMENT ON VIEW jirasync.commit_landing IS 'Each commit: is it a merge, is it a revert (and not a squash that takes work back among other work), has it landed. While no branch of its repository is known, every commit has';
COMMENT ON COLUMN jirasync.commit_landing.branch_landed_at IS 'When it landed on a counted branch; NULL where no branch of the repository is known yet';
