-- A fast-forward that crosses lines makes another line of a branch.

CREATE TYPE jirasync.push_step AS (
    ord          integer,
    before       text,
    head         text,
    at           timestamptz,
    is_forced    boolean,
    listed       integer,
    is_told      boolean,
    goes_on      boolean,
    leaves_line  boolean,
    base_sha     text
);
COMMENT ON TYPE jirasync.push_step IS 'What push_steps gives: is_told, the parents of all that the push (by its number) lists are known; base_sha, the first parent of the lowest commit that it put on the line; goes_on, nothing says that what was there before was dropped; leaves_line, what was there before came along by a merge, and the line goes on from elsewhere';

ALTER TABLE jirasync.refs ADD COLUMN depends_on text[] NOT NULL DEFAULT '{}';
CREATE INDEX refs_that_depend ON jirasync.refs USING gin (depends_on) WHERE depends_on <> '{}';
COMMENT ON COLUMN jirasync.refs.depends_on IS 'Derived: what it was cut from before it was forced away, or left that line by a fast-forward: the commits, and the branches that the lines beneath belong to. A change there has it read anew';
ALTER TYPE jirasync.ref_state ADD ATTRIBUTE depends_on text[];

-- (the next push to a repository has all of it read anew)
UPDATE jirasync.repositories SET is_derived = false WHERE is_derived;
