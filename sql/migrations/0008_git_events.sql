-- What git hosts tell by webhook: pushes, what they list, pull requests; and what follows from it.

CREATE TABLE jirasync.pushes (
    tenant       text NOT NULL,
    source       text NOT NULL,
    repository   text NOT NULL,
    ref          text NOT NULL,
    kind         text NOT NULL,
    delivery_id  text NOT NULL,
    change       integer NOT NULL,
    before       text,
    after        text,
    is_notice    boolean NOT NULL DEFAULT false,
    is_forced    boolean NOT NULL DEFAULT false,
    base_ref     text,
    listed       integer NOT NULL,
    total        bigint,
    is_whole     boolean NOT NULL,
    branch_keys  text[] NOT NULL DEFAULT '{}',
    received_at  timestamptz NOT NULL,
    default_branch text,
    peeled       text,
    PRIMARY KEY (tenant, source, delivery_id, change),
    CONSTRAINT pushes_kind_is_known CHECK (kind IN ('branch', 'tag')),
    -- What is derived has them beside a hash and a key in one index, whose rows have 2,704 bytes at most.
    CONSTRAINT pushes_names_fit_an_index CHECK (octet_length(ref) <= 1000 AND octet_length(repository) <= 500)
);
CREATE INDEX pushes_by_ref ON jirasync.pushes (ref, repository, source, tenant);
CREATE INDEX pushes_by_time ON jirasync.pushes (tenant, source, repository, received_at);
COMMENT ON TABLE jirasync.pushes IS 'Each change of a branch or tag that a push told of';
COMMENT ON COLUMN jirasync.pushes.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.pushes.source IS 'Slug of the git host';
COMMENT ON COLUMN jirasync.pushes.repository IS 'Full name of the repository, as its host has it';
COMMENT ON COLUMN jirasync.pushes.ref IS 'Name without refs/heads/ or refs/tags/';
COMMENT ON COLUMN jirasync.pushes.kind IS 'branch or tag';
COMMENT ON COLUMN jirasync.pushes.delivery_id IS 'The delivery that told of it';
COMMENT ON COLUMN jirasync.pushes.change IS 'Number of the change within the delivery, from 1 on';
COMMENT ON COLUMN jirasync.pushes.before IS 'Tip before it; NULL where the ref was made';
COMMENT ON COLUMN jirasync.pushes.after IS 'Tip after it; NULL where the ref was deleted';
COMMENT ON COLUMN jirasync.pushes.is_notice IS 'Only the making (after is empty) or deletion is told, without hashes';
COMMENT ON COLUMN jirasync.pushes.is_forced IS 'The host says that commits were dropped';
COMMENT ON COLUMN jirasync.pushes.base_ref IS 'What the branch was made from, where the host tells';
COMMENT ON COLUMN jirasync.pushes.listed IS 'How many commits it lists';
COMMENT ON COLUMN jirasync.pushes.total IS 'How many commits it moved; NULL where the host does not tell';
COMMENT ON COLUMN jirasync.pushes.is_whole IS 'It lists all commits that it moved, as far as can be known';
COMMENT ON COLUMN jirasync.pushes.branch_keys IS 'Issue key candidates in the name of the branch';
COMMENT ON COLUMN jirasync.pushes.received_at IS 'When the delivery came';
COMMENT ON COLUMN jirasync.pushes.default_branch IS 'The repository''s default branch, as the delivery tells it; NULL where it does not';
COMMENT ON COLUMN jirasync.pushes.peeled IS 'The commit that an annotated tag names, where after is the tag''s own hash; NULL: after itself';

CREATE TABLE jirasync.push_commits (
    tenant              text NOT NULL,
    source              text NOT NULL,
    repository          text NOT NULL,
    sha                 text NOT NULL,
    delivery_id         text NOT NULL,
    change              integer NOT NULL,
    place               integer NOT NULL,
    is_known_elsewhere  boolean NOT NULL DEFAULT false,
    PRIMARY KEY (tenant, source, delivery_id, change, sha)
);
CREATE INDEX push_commits_by_commit ON jirasync.push_commits (sha, repository, source, tenant);
COMMENT ON TABLE jirasync.push_commits IS 'Which commits a push lists';
COMMENT ON COLUMN jirasync.push_commits.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.push_commits.source IS 'Slug of the git host';
COMMENT ON COLUMN jirasync.push_commits.repository IS 'Full name of the repository, as its host has it';
COMMENT ON COLUMN jirasync.push_commits.sha IS 'Commit';
COMMENT ON COLUMN jirasync.push_commits.delivery_id IS 'The delivery that lists it';
COMMENT ON COLUMN jirasync.push_commits.change IS 'Number of the change within the delivery';
COMMENT ON COLUMN jirasync.push_commits.place IS 'Place in the list, the oldest commit first, from 1 on';
COMMENT ON COLUMN jirasync.push_commits.is_known_elsewhere IS 'The host says that an earlier push brought it';

CREATE TABLE jirasync.refused_keys (
    tenant      text NOT NULL,
    source      text NOT NULL,
    repository  text NOT NULL,
    sha         text NOT NULL,
    candidate   text NOT NULL,
    reason      text NOT NULL,
    PRIMARY KEY (tenant, source, repository, sha, candidate, reason)
);
COMMENT ON TABLE jirasync.refused_keys IS 'What stands in a commit''s message like an issue key and can be none, whatever projects there are';
COMMENT ON COLUMN jirasync.refused_keys.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.refused_keys.source IS 'Slug of the git host';
COMMENT ON COLUMN jirasync.refused_keys.repository IS 'Full name of the repository, as its host has it';
COMMENT ON COLUMN jirasync.refused_keys.sha IS 'Commit';
COMMENT ON COLUMN jirasync.refused_keys.candidate IS 'The text as written';
COMMENT ON COLUMN jirasync.refused_keys.reason IS 'touches_left, touches_right, leading_zero or too_long';

ALTER TABLE jirasync.pull_requests
    ADD COLUMN head_sha text,
    ADD COLUMN updated_at timestamptz,
    ADD COLUMN author text,
    ADD COLUMN keys text[] NOT NULL DEFAULT '{}',
    ADD COLUMN delivery_id text NOT NULL DEFAULT '',
    ADD COLUMN rank_at timestamptz NOT NULL DEFAULT '-infinity',
    ADD COLUMN rank_sha256 bytea NOT NULL DEFAULT '';
CREATE INDEX pull_requests_by_merge ON jirasync.pull_requests (merge_sha, repository, source, tenant);
CREATE INDEX pull_requests_by_head ON jirasync.pull_requests (head_sha, repository, source, tenant);
COMMENT ON COLUMN jirasync.pull_requests.head_sha IS 'Newest commit of the source branch';
COMMENT ON COLUMN jirasync.pull_requests.updated_at IS 'When it was last changed, as the host says';
COMMENT ON COLUMN jirasync.pull_requests.author IS 'Who opened it';
COMMENT ON COLUMN jirasync.pull_requests.keys IS 'Issue key candidates in title and source branch';
COMMENT ON COLUMN jirasync.pull_requests.delivery_id IS 'The delivery whose look the row shows';
COMMENT ON COLUMN jirasync.pull_requests.rank_at IS 'Rank of that look: the host''s instant of the change';
COMMENT ON COLUMN jirasync.pull_requests.rank_sha256 IS 'Rank of that look: SHA-256 of its body';

ALTER TABLE jirasync.commits
    ADD COLUMN handed_keys text[],
    ADD COLUMN is_merge_named boolean NOT NULL DEFAULT false,
    ADD COLUMN is_from_history boolean NOT NULL DEFAULT false,
    ADD COLUMN is_unreachable boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN jirasync.commits.handed_keys IS 'Of a merge: the keys that it hands down to what it brings in; NULL for no merge';
COMMENT ON COLUMN jirasync.commits.is_merge_named IS 'The subject is that of a merge; tells where parents are not told';
COMMENT ON COLUMN jirasync.commits.is_from_history IS 'Read with all its ancestors, by an import or a fetch; else a push alone has told of it';
COMMENT ON COLUMN jirasync.commits.is_unreachable IS 'Derived: no branch or tag that is known holds it any more';
-- All commits so far came by imports.
UPDATE jirasync.commits SET is_from_history = true;

ALTER TABLE jirasync.refs
    ADD COLUMN imported_sha text,
    ADD COLUMN imported_at timestamptz;
COMMENT ON COLUMN jirasync.refs.imported_sha IS 'Its tip when an import last read it; pushes go on from there';
COMMENT ON COLUMN jirasync.refs.imported_at IS 'When an import last read it';
UPDATE jirasync.refs SET imported_sha = sha, imported_at = seen_at WHERE deleted_at IS NULL;
-- From a line to what was cut from it: the branches and tags that hold a commit.
CREATE INDEX refs_by_parent ON jirasync.refs (parent_ref, fork_position, repository, source, tenant)
    WHERE parent_ref IS NOT NULL;

ALTER TABLE jirasync.commit_refs
    ADD COLUMN on_line boolean NOT NULL DEFAULT false,
    ADD COLUMN is_pushed boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN jirasync.commit_refs.on_line IS 'It stands on the branch''s first-parent line: the other commits of its position came with it';
COMMENT ON COLUMN jirasync.commit_refs.is_pushed IS 'Derived from pushes; else an import placed it';
UPDATE jirasync.commit_refs r SET on_line = true
WHERE NOT EXISTS (
    SELECT FROM jirasync.commit_refs o
    JOIN jirasync.commits c ON c.tenant = o.tenant AND c.source = o.source AND c.repository = o.repository AND c.sha = o.sha
    WHERE o.tenant = r.tenant AND o.source = r.source AND o.repository = r.repository AND o.ref = r.ref
      AND o.position = r.position AND r.sha = ANY (c.parents));

ALTER TABLE jirasync.repositories
    ADD COLUMN default_branch text,
    ADD COLUMN default_branch_at timestamptz;
COMMENT ON COLUMN jirasync.repositories.default_branch IS 'Default branch as an import or the host last told it; NULL: not told';
COMMENT ON COLUMN jirasync.repositories.default_branch_at IS 'When an import told it; pushes received before do not replace it. NULL: no import did';

ALTER TABLE jirasync.issue_commits
    ADD COLUMN is_unreachable boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN jirasync.issue_commits.is_unreachable IS 'No known branch or tag holds the commit any more; it counts for nothing';

ALTER TABLE jirasync.issue_commits
    ADD COLUMN reverted_on text[],
    ADD COLUMN original_sha text;
COMMENT ON COLUMN jirasync.issue_commits.reverted_by IS 'Commit that takes it back; NULL while some counted branch that holds it has not taken it back';
COMMENT ON COLUMN jirasync.issue_commits.reverted_on IS 'Counted branches on which it is taken back, some or all of those that hold it; NULL: on none';
COMMENT ON COLUMN jirasync.issue_commits.original_sha IS 'Of a cherry-pick that names its original: that commit, with which it is one piece of work';

ALTER TABLE jirasync.reverted_commits
    ADD COLUMN is_everywhere boolean NOT NULL DEFAULT true,
    ADD COLUMN reverted_on text[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN jirasync.reverted_commits.is_everywhere IS 'Where it holds: every counted branch that holds the commit has taken it back';
COMMENT ON COLUMN jirasync.reverted_commits.reverted_on IS 'Where it holds: all counted branches on which the commit is taken back, by whichever revert';
COMMENT ON COLUMN jirasync.reverted_commits.holds IS 'It takes the commit back on some counted branch, and is the first that does. The others are kept so that their end is seen: they stand behind the first, are taken back themselves, or hang on a ring of reverts';
COMMENT ON TABLE jirasync.revert_names IS 'Derived from commits.reverts, to be found by what is named: which revert names which commit, in full or cut short to seven digits or more, or which pull request';
COMMENT ON COLUMN jirasync.revert_names.named IS 'What it names: digits of a commit, #12 for a pull request of the same repository, org/repo#12 for one of another';

CREATE TABLE jirasync.counted_reach (
    tenant      text NOT NULL,
    source      text NOT NULL,
    repository  text NOT NULL,
    ref         text NOT NULL,
    branch      text NOT NULL,
    up_to       integer NOT NULL,
    PRIMARY KEY (tenant, source, repository, ref, branch)
);
COMMENT ON TABLE jirasync.counted_reach IS 'Derived, of repositories with reverts: which counted branch holds whose rows of commit_refs, its own and those of the branches that it was cut from';
COMMENT ON COLUMN jirasync.counted_reach.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.counted_reach.source IS 'Slug of the git host';
COMMENT ON COLUMN jirasync.counted_reach.repository IS 'Full name of the repository, as its host has it';
COMMENT ON COLUMN jirasync.counted_reach.ref IS 'Ref whose rows are held';
COMMENT ON COLUMN jirasync.counted_reach.branch IS 'Counted branch that holds them';
COMMENT ON COLUMN jirasync.counted_reach.up_to IS 'Up to this position';
CREATE INDEX refs_counted ON jirasync.refs (tenant, source, repository) WHERE counted;
CREATE INDEX commits_by_original ON jirasync.commits (picked_from, repository, source, tenant)
    WHERE picked_from IS NOT NULL;

-- What reports compare with: the state of each story, and which run changed it.
CREATE TABLE jirasync.story_states (
    tenant    text NOT NULL,
    source    text NOT NULL,
    issue_id  bigint NOT NULL,
    state     text,
    since     timestamptz NOT NULL,
    PRIMARY KEY (tenant, source, issue_id)
);
COMMENT ON TABLE jirasync.story_states IS 'The coverage state of each story as the last run that touched it left it; run_states has the changes';
COMMENT ON COLUMN jirasync.story_states.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.story_states.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.story_states.issue_id IS 'Issue';
COMMENT ON COLUMN jirasync.story_states.state IS 'State as in story_coverage; NULL: not there (deleted, or known by fragments alone)';
COMMENT ON COLUMN jirasync.story_states.since IS 'End of the run that first found it in this state';

CREATE TABLE jirasync.run_states (
    tenant    text NOT NULL,
    run_id    text NOT NULL,
    source    text NOT NULL,
    issue_id  bigint NOT NULL,
    at        timestamptz NOT NULL,
    was       text,
    state     text,
    PRIMARY KEY (tenant, run_id, source, issue_id)
);
CREATE INDEX run_states_by_time ON jirasync.run_states (tenant, at);
COMMENT ON TABLE jirasync.run_states IS 'Stories that a run left in another state than it found them in; pruned with the items of the run';
COMMENT ON COLUMN jirasync.run_states.tenant IS 'Tenant of the source';
COMMENT ON COLUMN jirasync.run_states.run_id IS 'Run';
COMMENT ON COLUMN jirasync.run_states.source IS 'Slug of the Jira site';
COMMENT ON COLUMN jirasync.run_states.issue_id IS 'Issue';
COMMENT ON COLUMN jirasync.run_states.at IS 'When the run was closed';
COMMENT ON COLUMN jirasync.run_states.was IS 'State before; NULL: no run had judged it, or it was not there';
COMMENT ON COLUMN jirasync.run_states.state IS 'State after; NULL: it is not there any more';

-- Questions about one version begin with its name.
CREATE INDEX versions_by_name ON jirasync.versions (name, tenant);

-- It has no landed_at any more: where a revert landed is asked for each branch.
DROP VIEW IF EXISTS jirasync.wanted_revert_targets;
